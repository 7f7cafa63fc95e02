// What the sources of this room share about OpenSSL. For this room alone.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace claviger::crypto {

// Leaves the thread's queue of errors empty, because TLS connections of the same thread read it as their own.
class NoErrorsLeft {
 public:
  NoErrorsLeft() = default;
  NoErrorsLeft(const NoErrorsLeft&) = delete;
  NoErrorsLeft& operator=(const NoErrorsLeft&) = delete;
  ~NoErrorsLeft() { ERR_clear_error(); }
};

struct OpenSslDeleter {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};

template <class T>
using OpenSslPointer = std::unique_ptr<T, OpenSslDeleter>;

// Reads `text`, which must outlive it. REQUIRES: text.size() fits an int.
inline OpenSslPointer<BIO> ReadFrom(std::string_view text) {
  return OpenSslPointer<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// All that was written to a memory BIO.
inline std::string TakeText(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size <= 0 ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

// There is nobody to ask for a password: what is encrypted cannot be read.
inline int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace claviger::crypto
