#include "crypto/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <utility>

#include "base/encoding.h"
#include "crypto/openssl_internal.h"

namespace claviger::crypto {
namespace {

// What a certificate cannot say (a date before 1970, one that is no date) is a date in the past.
TimePoint ToTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return TimePoint();
  const std::chrono::year_month_day day{std::chrono::year(parts.tm_year + 1900),
                                        std::chrono::month(static_cast<unsigned>(parts.tm_mon) + 1),
                                        std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
  if (!day.ok() || day.year() < std::chrono::year(1970)) return TimePoint();
  return TimePoint(std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) + std::chrono::minutes(parts.tm_min) +
                   std::chrono::seconds(parts.tm_sec));
}

}  // namespace

Certificate::Certificate(std::shared_ptr<x509_st> x509)
    : x509_(std::move(x509)),
      not_before_(ToTime(X509_get0_notBefore(x509_.get()))),
      not_after_(ToTime(X509_get0_notAfter(x509_.get()))) {
  // Works out now what OpenSSL otherwise works out when first asked, so that afterwards nothing changes.
  X509_check_purpose(x509_.get(), -1, 0);
}

std::optional<Certificate> Certificate::ParseDer(std::string_view der) {
  const NoErrorsLeft guard;
  if (der.size() > kPemBytesMax) return std::nullopt;
  const auto* at = AsBytes(der).data();
  const auto* const end = at + der.size();
  OpenSslPointer<X509> x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (x509 == nullptr || at != end) return std::nullopt;
  return Certificate(std::shared_ptr<X509>(std::move(x509)));
}

std::vector<Certificate> Certificate::ParsePem(std::string_view pem) {
  const NoErrorsLeft guard;
  std::vector<Certificate> certificates;
  if (pem.size() > kPemBytesMax) return certificates;
  const auto bio = ReadFrom(pem);
  while (certificates.size() <= kCertificatesMax) {
    OpenSslPointer<X509> x509(PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr));
    if (x509 == nullptr) {
      // The end of the text is the only good reason to find no further one.
      if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) return certificates;
      break;
    }
    certificates.push_back(Certificate(std::shared_ptr<X509>(std::move(x509))));
  }
  return {};
}

std::string Certificate::Der() const {
  const NoErrorsLeft guard;
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(x509_.get(), &bytes);
  if (size <= 0) return {};
  std::string der(AsText({bytes, static_cast<std::size_t>(size)}));
  OPENSSL_free(bytes);
  return der;
}

int Certificate::KeyBits() const {
  const NoErrorsLeft guard;
  const EVP_PKEY* key = X509_get0_pubkey(x509_.get());
  return key == nullptr ? 0 : EVP_PKEY_get_bits(key);
}

bool Certificate::IsAuthority() const {
  const NoErrorsLeft guard;
  return X509_check_ca(x509_.get()) != 0;
}

bool Certificate::IsSignedBy(const Certificate& issuer) const {
  const NoErrorsLeft guard;
  EVP_PKEY* key = X509_get0_pubkey(issuer.x509_.get());
  return key != nullptr && X509_check_issued(issuer.x509_.get(), x509_.get()) == X509_V_OK &&
         X509_verify(x509_.get(), key) == 1;
}

std::optional<PrivateKey> PrivateKey::ParsePem(std::string_view pem) {
  const NoErrorsLeft guard;
  if (pem.size() > kPemBytesMax) return std::nullopt;
  OpenSslPointer<EVP_PKEY> key(PEM_read_bio_PrivateKey(ReadFrom(pem).get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) return std::nullopt;
  return PrivateKey(std::shared_ptr<EVP_PKEY>(std::move(key)));
}

bool PrivateKey::Matches(const Certificate& certificate) const {
  const NoErrorsLeft guard;
  return X509_check_private_key(certificate.x509_.get(), key_.get()) == 1;
}

}  // namespace claviger::crypto
