#include "crypto/error_queue.h"

#include <openssl/err.h>

namespace claviger::crypto {

CleanErrorQueue::~CleanErrorQueue() { ERR_clear_error(); }

}  // namespace claviger::crypto
