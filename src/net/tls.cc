#include "net/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <string>

namespace claviger::net {
namespace {

// The first thing OpenSSL complained of; the rest of its queue follows from it.
std::string TakeError() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

Failure<NetError> CannotUse(std::string_view what, const std::string& path) {
  return {NetError{"cannot use " + std::string(what) + " `" + path + "`: " + TakeError()}};
}

constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// Clients that offer HTTP/2 first are told that we speak 1.1; those that offer neither are left to find out.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                   unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, chosen_size, kHttp11.data(), kHttp11.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

int Clamp(std::size_t size) {
  return static_cast<int>(std::min(size, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

}  // namespace

void TlsDeleter::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void TlsDeleter::operator()(SSL* session) const { SSL_free(session); }

NetResult<std::shared_ptr<const TlsContext>> TlsContext::Load(const TlsFiles& files) {
  ERR_clear_error();
  std::unique_ptr<SSL_CTX, TlsDeleter> context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return Failure{NetError{"cannot set up TLS: " + TakeError()}};
  SSL_CTX* raw = context.get();
  // Suites of TLS 1.3 are all fine; of TLS 1.2 only those with ephemeral keys and authenticated encryption.
  if (SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
    return Failure{NetError{"cannot set up TLS: " + TakeError()}};
  }
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_PRIORITIZE_CHACHA |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Idle connections are many; they shall not hold record buffers.
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(raw, ChooseProtocol, nullptr);
  // An encrypted key is refused; OpenSSL would ask for its passphrase on the terminal, and a daemon would hang.
  SSL_CTX_set_default_passwd_cb(raw, [](char*, int, int, void*) { return -1; });
  if (SSL_CTX_use_certificate_chain_file(raw, files.certificate_chain_path.c_str()) != 1) {
    return CannotUse("the certificate", files.certificate_chain_path);
  }
  if (SSL_CTX_use_PrivateKey_file(raw, files.private_key_path.c_str(), SSL_FILETYPE_PEM) != 1) {
    return CannotUse("the private key", files.private_key_path);
  }
  if (SSL_CTX_check_private_key(raw) != 1) return CannotUse("the private key", files.private_key_path);
  return std::shared_ptr<const TlsContext>(std::make_shared<TlsContext>(std::move(context)));
}

TlsSession::TlsSession(const TlsContext& context) : session_(SSL_new(context.get())) {
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  if (session_ == nullptr || in == nullptr || out == nullptr) {
    BIO_free(in);
    BIO_free(out);
    throw std::bad_alloc();
  }
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(session_.get(), in, out);
  SSL_set_accept_state(session_.get());
}

void TlsSession::Feed(std::string_view ciphertext) {
  if (BIO_write(SSL_get_rbio(session_.get()), ciphertext.data(), Clamp(ciphertext.size())) !=
      static_cast<int>(ciphertext.size())) {
    throw std::bad_alloc();
  }
}

TlsSession::Outcome TlsSession::Read(std::span<char> into, std::size_t& size) {
  size = 0;
  ERR_clear_error();
  const int got = SSL_read(session_.get(), into.data(), Clamp(into.size()));
  if (got > 0) {
    size = static_cast<std::size_t>(got);
    return Outcome::kBytes;
  }
  switch (SSL_get_error(session_.get(), got)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Outcome::kNeedsInput;
    case SSL_ERROR_ZERO_RETURN:
      return Outcome::kFinished;
    default:
      return Outcome::kFailed;
  }
}

bool TlsSession::Write(std::string_view plaintext) {
  ERR_clear_error();
  while (!plaintext.empty()) {
    const int written = SSL_write(session_.get(), plaintext.data(), Clamp(plaintext.size()));
    if (written <= 0) return false;
    plaintext.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void TlsSession::Finish() {
  ERR_clear_error();
  SSL_shutdown(session_.get());
}

std::string_view TlsSession::Output() const {
  char* data = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(session_.get()), &data);
  return std::string_view(data, size > 0 ? static_cast<std::size_t>(size) : 0).substr(output_taken_);
}

void TlsSession::ConsumeOutput(std::size_t size) {
  output_taken_ += size;
  if (Output().empty()) {
    BIO_reset(SSL_get_wbio(session_.get()));
    output_taken_ = 0;
  }
}

TlsDetails TlsSession::Details() const {
  return {SSL_get_version(session_.get()), SSL_get_cipher_name(session_.get())};
}

}  // namespace claviger::net
