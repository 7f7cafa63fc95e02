// Users' X.509 signing certificates at rest. One attempt's view; not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "directory/credential_status.h"
#include "directory/owned.h"

namespace claviger::directory {

struct SigningCertificate {
  std::string id;     // Of the certificate's own bytes, so that one certificate has one id.
  std::string owner;  // Unique id of the user, or kRootOwner.
  CredentialStatus status = CredentialStatus::kActive;
  TimePoint created;
  std::string body;  // PEM, as uploaded.
};

// The id of a certificate with these bytes (DER): 32 letters and digits.
std::string SigningCertificateId(std::string_view der);

extern template class Owned<SigningCertificate>;

class SigningCertificates : public Owned<SigningCertificate> {
 public:
  using Owned::Owned;

  // NoSuchEntity, also when it is another owner's.
  Result<SigningCertificate> GetOf(std::string_view owner, std::string_view id);
  // The certificate as stored: that of an earlier upload when the owner has it already.
  // DuplicateCertificate when another owner has it; LimitExceeded.
  Result<SigningCertificate> Upload(const SigningCertificate& certificate);
};

}  // namespace claviger::directory
