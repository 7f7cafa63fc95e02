#include "directory/signing_certificate.h"

#include "base/encoding.h"
#include "crypto/fingerprint.h"
#include "directory/counter.h"
#include "directory/owned_internal.h"

namespace claviger::directory {

template <>
struct OwnedKind<SigningCertificate> {
  static constexpr std::string_view kFolder = "signing-certificate";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned { kBody = kFirstOfKind };

  static void EncodeOwn(const SigningCertificate& certificate, codec::RecordWriter& writer) {
    writer.Bytes(kBody, certificate.body);
  }
  static void DecodeOwn(const codec::RecordField& field, SigningCertificate& certificate) {
    if (field.number == kBody) certificate.body = field.Text();
  }
};

template class Owned<SigningCertificate>;

std::string SigningCertificateId(std::string_view der) { return Base32Encode(crypto::Sha1Of(der)); }

Result<SigningCertificate> SigningCertificates::GetOf(std::string_view owner, std::string_view id) {
  auto certificate = TRY(Find(id));
  if (certificate && certificate->owner == owner) return std::move(*certificate);
  return Fail(ErrorCode::kNoSuchEntity, "The Certificate with id " + std::string(id) + " cannot be found.");
}

Result<SigningCertificate> SigningCertificates::Upload(const SigningCertificate& certificate) {
  auto known = TRY(Find(certificate.id));
  if (known && known->owner == certificate.owner) return std::move(*known);
  if (known) return Fail(ErrorCode::kDuplicateCertificate, "Duplicate certificate uploaded.");
  const std::uint64_t quota = context_.quotas.signing_certificates_per_user;
  if (TRY(IdsOf(certificate.owner)).size() >= quota) return QuotaExceeded("CertificatesPerUser", quota);
  Insert(certificate);
  return certificate;
}

}  // namespace claviger::directory
