#include "net/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "unit/net/server_fixture.h"

namespace claviger::net {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};

enum class Passphrase { kNone, kSecret };

// Writes a new key and a certificate that it signed itself, of this serial number.
void WriteCertificate(const TlsFiles& files, long serial, Passphrase passphrase = Passphrase::kNone) {
  const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Free> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.get());
  ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  std::FILE* file = std::fopen(files.certificate_chain_path.c_str(), "w");
  PEM_write_X509(file, certificate.get());
  std::fclose(file);
  file = std::fopen(files.private_key_path.c_str(), "w");
  const bool encrypted = passphrase == Passphrase::kSecret;
  const char* secret = "secret";
  PEM_write_PrivateKey(file, key.get(), encrypted ? EVP_aes_128_cbc() : nullptr,
                       encrypted ? reinterpret_cast<const unsigned char*>(secret) : nullptr, encrypted ? 6 : 0, nullptr,
                       nullptr);
  std::fclose(file);
}

// Takes any certificate; keeps what it has been shown.
class TlsClient final : public ::claviger::testing::HttpClient {
 public:
  explicit TlsClient(std::uint16_t port, int max_version = TLS1_3_VERSION)
      : HttpClient(port), context_(SSL_CTX_new(TLS_client_method())) {
    // Old protocols are only on offer at the lowest security level.
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), max_version);
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), fd());
    SSL_set_alpn_protos(session_.get(), reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
    shaken_ = SSL_connect(session_.get()) == 1;
    ERR_clear_error();
  }
  ~TlsClient() override { session_.reset(); }

  [[nodiscard]] bool shaken() const { return shaken_; }
  [[nodiscard]] long serial() const {
    return ASN1_INTEGER_get(X509_get0_serialNumber(SSL_get0_peer_certificate(session_.get())));
  }
  [[nodiscard]] std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  // The server told that nothing follows, rather than just going away.
  [[nodiscard]] bool finished() const { return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

 protected:
  long Write(std::string_view bytes) override {
    return SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
  }
  long Read(char* into, std::size_t size) override { return SSL_read(session_.get(), into, static_cast<int>(size)); }

 private:
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> session_;
  bool shaken_ = false;
};

class TlsTest : public ServerFixture {
 protected:
  TlsTest() {
    const std::string pattern = (std::filesystem::temp_directory_path() / "claviger-tls-XXXXXX").string();
    directory_ = pattern;
    EXPECT_NE(::mkdtemp(directory_.data()), nullptr);
    files_ = {directory_ + "/certificate.pem", directory_ + "/key.pem"};
    WriteCertificate(files_, 1);
    options_.tls = files_;
    options_.listeners = {{"127.0.0.1:0", Transport::kTls}};
  }
  ~TlsTest() override { std::filesystem::remove_all(directory_); }

  std::string directory_;
  TlsFiles files_;
};

TEST_F(TlsTest, AnswersRequests) {
  Start([](Exchange& exchange) {
    EXPECT_TRUE(exchange.request.secure);
    const TlsDetails details = exchange.tls_details().value();
    exchange.response.body.append(details.version).append(" ").append(details.cipher_suite);
    exchange.Answer();
  });
  TlsClient client(port_);
  ASSERT_TRUE(client.shaken());
  EXPECT_EQ(client.protocol(), "http/1.1");
  for (int i = 0; i < 3; ++i) EXPECT_THAT(client.Call("GET", "/")->body, StartsWith("TLSv1.3 TLS_"));
  TlsClient older(port_, TLS1_2_VERSION);
  EXPECT_THAT(older.Call("GET", "/")->body, AnyOf(StartsWith("TLSv1.2 ECDHE-ECDSA-")));
}

TEST_F(TlsTest, RefusesOldVersions) {
  Start();
  EXPECT_FALSE(TlsClient(port_, TLS1_1_VERSION).shaken());
  WaitForConnections(0);
}

TEST_F(TlsTest, TakesAndGivesBodiesOfMegabytes) {
  Start();
  TlsClient client(port_);
  const std::string body(3 << 20, 'b');
  EXPECT_EQ(client.Call("POST", "/", body)->body.size(), body.size() + 7);
  EXPECT_EQ(client.Call("POST", "/", "small")->body, "POST / small");
}

TEST_F(TlsTest, AnswersPipelinedRequestsAndFinishesTheSession) {
  Start();
  TlsClient client(port_);
  client.Send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  for (const char* body : {"GET /1 ", "GET /2 ", "GET /3 "}) EXPECT_EQ(client.Receive()->body, body);
  EXPECT_TRUE(client.WaitForEnd());
  EXPECT_TRUE(client.finished());
}

TEST_F(TlsTest, SendsAnswersGivenLaterByAnotherThread) {
  Pending pending;
  Start([&](Exchange& exchange) { pending.Put(exchange); });
  TlsClient client(port_);
  std::thread committer([&] {
    for (int i = 0; i < 10; ++i) Echo(pending.Take());
  });
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.Call("GET", "/late")->body, "GET /late ");
  committer.join();
}

TEST_F(TlsTest, KeepsTheRequestOfAClientThatHasGone) {
  Pending pending;
  Start([&](Exchange& exchange) { pending.Put(exchange); });
  TlsClient client(port_);
  client.Send("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n");
  Exchange& exchange = pending.Take();
  client.Reset();
  WaitForConnections(0);
  EXPECT_THAT(std::string(exchange.tls_details()->version), StartsWith("TLSv1"));
  Echo(exchange);
  Settle();
}

TEST_F(TlsTest, RefusesPlainHttp) {
  Start();
  Client client(port_);
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_FALSE(client.Receive().has_value());
  WaitForConnections(0);
}

TEST_F(TlsTest, GivesUpOnAHandshakeThatDoesNotEnd) {
  Start();
  Client client(port_);
  client.Send("\x16\x03\x01");
  WaitForConnections(1);
  Elapse(options_.timeouts.head);
  EXPECT_TRUE(client.WaitForEnd());
}

TEST_F(TlsTest, ShowsAReloadedCertificateToNewConnectionsOnly) {
  Start();
  TlsClient before(port_);
  EXPECT_EQ(before.serial(), 1);
  WriteCertificate(files_, 2);
  ASSERT_TRUE(server_->ReloadTls().ok());
  EXPECT_EQ(TlsClient(port_).serial(), 2);
  EXPECT_EQ(before.Call("GET", "/")->status, 200);
}

TEST_F(TlsTest, KeepsTheOldCertificateWhenTheNewOneCannotBeUsed) {
  Start();
  std::ofstream(files_.certificate_chain_path) << "not a certificate";
  const NetResult<> reloaded = server_->ReloadTls();
  ASSERT_FALSE(reloaded.ok());
  EXPECT_THAT(reloaded.error().message, HasSubstr("cannot use the certificate `" + files_.certificate_chain_path));
  EXPECT_EQ(TlsClient(port_).serial(), 1);
}

TEST_F(TlsTest, RefusesAKeyOfAnotherCertificate) {
  const TlsFiles others{directory_ + "/other.pem", directory_ + "/other-key.pem"};
  WriteCertificate(others, 3);
  EXPECT_TRUE(TlsContext::Load(others).ok());
  EXPECT_FALSE(TlsContext::Load({files_.certificate_chain_path, others.private_key_path}).ok());
}

TEST_F(TlsTest, RefusesAnEncryptedKeyWithoutAsking) {
  WriteCertificate(files_, 4, Passphrase::kSecret);
  EXPECT_FALSE(TlsContext::Load(files_).ok());
}

TEST_F(TlsTest, NeedsFilesForATlsListener) {
  options_.tls.reset();
  options_.clock = &clock_;
  const auto server = Server::Start(options_, [](Loop&) { return nullptr; });
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(server.error().message, HasSubstr("needs a certificate"));
}

}  // namespace
}  // namespace claviger::net
