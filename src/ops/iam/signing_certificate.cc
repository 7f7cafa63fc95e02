#include "ops/iam/signing_certificate.h"

#include <functional>

#include "crypto/certificate.h"
#include "gen/iam/operations.h"
#include "ops/iam/caller_user.h"
#include "ops/iam/credential_status.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

gen::iam::SigningCertificate ToApi(const KeyOwner& owner, const directory::SigningCertificate& certificate) {
  return {.user_name = owner.user_name,
          .certificate_id = certificate.id,
          .certificate_body = certificate.body,
          .status = iam::ToApi(certificate.status),
          .upload_date = certificate.created};
}

// The bytes of the one certificate in a PEM text that is valid now.
Result<std::string> ReadCertificate(const std::string& body, TimePoint now) {
  const auto certificates = crypto::Certificate::ParsePem(body);
  if (certificates.size() == 1 && certificates[0].not_before() <= now && now <= certificates[0].not_after()) {
    return certificates[0].Der();
  }
  return Fail(ErrorCode::kMalformedCertificate, "Certificate " + body + " is malformed.");
}

Result<UploadSigningCertificateResponse> UploadSigningCertificate(OperationContext& context,
                                                                  const UploadSigningCertificateRequest& request) {
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  const std::string der = TRY(ReadCertificate(request.certificate_body, context.now));
  const auto stored = TRY(context.directory.signing_certificates.Upload({.id = directory::SigningCertificateId(der),
                                                                         .owner = owner.id,
                                                                         .created = context.now,
                                                                         .body = request.certificate_body}));
  auto shown = ToApi(owner, stored);
  // Also of an earlier upload that was made Inactive since, and stays so.
  shown.status = status_type::kActive;
  return UploadSigningCertificateResponse{.certificate = std::move(shown)};
}

Result<UpdateSigningCertificateResponse> UpdateSigningCertificate(OperationContext& context,
                                                                  const UpdateSigningCertificateRequest& request) {
  const auto status = TRY(StatusFromApi(request.status));
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  auto certificate = TRY(context.directory.signing_certificates.GetOf(owner.id, request.certificate_id));
  certificate.status = status;
  context.directory.signing_certificates.Replace(certificate);
  return UpdateSigningCertificateResponse{};
}

Result<ListSigningCertificatesResponse> ListSigningCertificates(OperationContext& context,
                                                                const ListSigningCertificatesRequest& request) {
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  ListSigningCertificatesResponse response;
  TRY(ShowPage(
      context, "ListSigningCertificates", request, TRY(context.directory.signing_certificates.ListOf(owner.id)),
      std::mem_fn(&directory::SigningCertificate::id),
      [&](const auto& certificate) { response.certificates.push_back(ToApi(owner, certificate)); }, response));
  return response;
}

Result<DeleteSigningCertificateResponse> DeleteSigningCertificate(OperationContext& context,
                                                                  const DeleteSigningCertificateRequest& request) {
  const KeyOwner owner = TRY(NamedOrCallingKeyOwner(context, request.user_name));
  const auto certificate = TRY(context.directory.signing_certificates.GetOf(owner.id, request.certificate_id));
  context.directory.signing_certificates.Remove(certificate);
  return DeleteSigningCertificateResponse{};
}

}  // namespace

void RegisterSigningCertificateOperations(Operations& operations) {
  operations.Add<api::UploadSigningCertificate>(UploadSigningCertificate);
  operations.Add<api::UpdateSigningCertificate>(UpdateSigningCertificate);
  operations.Add<api::ListSigningCertificates>(ListSigningCertificates);
  operations.Add<api::DeleteSigningCertificate>(DeleteSigningCertificate);
}

}  // namespace claviger::ops::iam
