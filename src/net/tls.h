// The server's side of TLS, without sockets: ciphertext is fed in and taken out as bytes.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "net/exchange.h"
#include "net/server.h"

namespace claviger::net {

struct TlsDeleter {
  void operator()(SSL_CTX* context) const;
  void operator()(SSL* session) const;
};

// A certificate, its key and what we are willing to speak: TLS 1.2 and 1.3, with forward secrecy and authenticated
// encryption only. Immutable; safe to share between threads.
class TlsContext {
 public:
  static NetResult<std::shared_ptr<const TlsContext>> Load(const TlsFiles& files);

  // REQUIRES: Load made it. Public for std::make_shared.
  explicit TlsContext(std::unique_ptr<SSL_CTX, TlsDeleter> context) : context_(std::move(context)) {}

  [[nodiscard]] SSL_CTX* get() const { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, TlsDeleter> context_;
};

// One connection. Reading shakes hands first, on its own. Not thread-safe.
class TlsSession {
 public:
  enum class Outcome {
    kBytes,
    kNeedsInput,  // Feed more. There may be output to send before any comes.
    kFinished,    // The peer has closed the session.
    kFailed,      // Nothing more can be done, but the output may explain it to the peer.
  };

  explicit TlsSession(const TlsContext& context);

  void Feed(std::string_view ciphertext);
  // Decrypts into `into`; `size` tells how much, and is 0 unless the outcome is kBytes.
  Outcome Read(std::span<char> into, std::size_t& size);
  // Encrypts all of `plaintext`. False: failed. REQUIRES: a Read has returned kBytes.
  bool Write(std::string_view plaintext);
  // Tells the peer that nothing follows.
  void Finish();

  // Ciphertext to be sent. Valid until the next call of any other function.
  [[nodiscard]] std::string_view Output() const;
  void ConsumeOutput(std::size_t size);

  // REQUIRES: a Read has returned kBytes.
  [[nodiscard]] TlsDetails Details() const;

 private:
  std::unique_ptr<SSL, TlsDeleter> session_;
  std::size_t output_taken_ = 0;
};

}  // namespace claviger::net
