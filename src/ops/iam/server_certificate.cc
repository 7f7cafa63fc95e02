#include "ops/iam/server_certificate.h"

#include <optional>

#include "aws/arn.h"
#include "aws/unique_id.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "gen/iam/operations.h"
#include "ops/iam/show.h"
#include "ops/iam/tags.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using crypto::Certificate;

Failure<Error> Malformed(std::string message) { return Fail(ErrorCode::kMalformedCertificate, std::move(message)); }

ServerCertificateMetadata ToApi(const OperationContext& context, const directory::ServerCertificate& certificate) {
  return {.path = certificate.path,
          .server_certificate_name = certificate.name,
          .server_certificate_id = certificate.id,
          .arn = IamArn(context.account(), "server-certificate", certificate.path, certificate.name),
          .upload_date = certificate.created,
          .expiration = certificate.expires};
}

// Where a path of certificates breaks, each of which the next must have signed, and the last of them the anchor: the
// index in `path`, -1 when the anchor did not sign its end. The anchor itself is taken as it is.
std::optional<int> FindBreak(const std::vector<Certificate>& path, const Certificate& anchor, TimePoint now) {
  if (!path.back().IsSignedBy(anchor)) return -1;
  for (std::size_t i = path.size(); i-- > 0;) {
    const bool last = i + 1 == path.size();
    const bool signs_others = i > 0;
    if (!last && !path[i].IsSignedBy(path[i + 1])) return static_cast<int>(i);
    if (signs_others && (!path[i].IsAuthority() || now < path[i].not_before() || path[i].not_after() < now)) {
      return static_cast<int>(i);
    }
  }
  return std::nullopt;
}

// `path` is what the body has.
Result<> CheckChain(std::vector<Certificate> path, const std::string& pem, TimePoint now) {
  auto chain = Certificate::ParsePem(pem);
  if (chain.empty()) return Malformed("Unknown");
  const Certificate anchor = chain.back();
  chain.pop_back();
  path.insert(path.end(), chain.begin(), chain.end());
  const auto broken = FindBreak(path, anchor, now);
  if (!broken) return {};
  return Malformed(
      "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
      "followed by any intermediaries in order. The index within the chain of the invalid certificate is: " +
      std::to_string(*broken));
}

// Checks all that is uploaded; returns when the certificate expires.
Result<TimePoint> CheckMaterial(const UploadServerCertificateRequest& request, TimePoint now) {
  const auto body = Certificate::ParsePem(request.certificate_body);
  if (body.empty()) {
    return Malformed("Unable to parse certificate. Please ensure the certificate is in PEM format.");
  }
  const auto key = crypto::PrivateKey::ParsePem(request.private_key);
  if (!key) return Malformed("Invalid Private Key.");
  if (!key->Matches(body.front())) {
    return Fail(ErrorCode::kKeyPairMismatch,
                "The private key did not match the public key provided. Please verify the key material and try again.");
  }
  if (body.front().not_after() < now) {
    return Malformed("Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed.");
  }
  if (now < body.front().not_before()) {
    return Malformed(
        "Certificate is not yet valid. The 'Not Before' date restriction on the certificate has not passed.");
  }
  if (request.certificate_chain) TRY(CheckChain(body, *request.certificate_chain, now));
  return body.front().not_after();
}

Result<UploadServerCertificateResponse> UploadServerCertificate(OperationContext& context,
                                                                const UploadServerCertificateRequest& request) {
  const directory::ServerCertificate certificate{
      .id = MintId(IdKind::kServerCertificate, context.account(), context.random),
      .path = request.path.value_or("/"),
      .name = request.server_certificate_name,
      .created = context.now,
      .tags = TRY(TagsFromApi(request.tags, TagKeys::kExact)),
      .expires = TRY(CheckMaterial(request, context.now))};
  TRY(context.directory.server_certificates.Insert(
      certificate, {.body = std::string(TrimSpace(request.certificate_body)),
                    .chain = std::string(TrimSpace(request.certificate_chain.value_or(""))),
                    .private_key = crypto::Secret(request.private_key)}));
  return UploadServerCertificateResponse{.server_certificate_metadata = ToApi(context, certificate),
                                         .tags = TagsUnlessEmpty(certificate.tags)};
}

Result<GetServerCertificateResponse> GetServerCertificate(OperationContext& context,
                                                          const GetServerCertificateRequest& request) {
  const auto certificate = TRY(context.directory.server_certificates.Get(request.server_certificate_name));
  const auto material = TRY(context.directory.server_certificates.GetMaterial(certificate));
  gen::iam::ServerCertificate api{.server_certificate_metadata = ToApi(context, certificate),
                                  .certificate_body = material.body,
                                  .tags = SortedTags(certificate.tags)};
  if (!material.chain.empty()) api.certificate_chain = material.chain;
  return GetServerCertificateResponse{.server_certificate = std::move(api)};
}

Result<ListServerCertificatesResponse> ListServerCertificates(OperationContext& context,
                                                              const ListServerCertificatesRequest& request) {
  const std::string after = TRY(OpenMarker(context, "ListServerCertificates", request.marker));
  const auto page = TRY(context.directory.server_certificates.List(request.path_prefix.value_or("/"), after,
                                                                   PageItems(request.max_items)));
  ListServerCertificatesResponse response;
  for (const auto& item : page.items) response.server_certificate_metadata_list.push_back(ToApi(context, item));
  response.is_truncated = page.truncated;
  if (page.truncated) response.marker = MakeMarker(context, "ListServerCertificates", page.items.back().name);
  return response;
}

Result<UpdateServerCertificateResponse> UpdateServerCertificate(OperationContext& context,
                                                                const UpdateServerCertificateRequest& request) {
  const auto stored = TRY(context.directory.server_certificates.Get(request.server_certificate_name));
  auto changed = stored;
  if (request.new_path) changed.path = *request.new_path;
  if (request.new_server_certificate_name) changed.name = *request.new_server_certificate_name;
  TRY(context.directory.server_certificates.Replace(stored, changed));
  return UpdateServerCertificateResponse{};
}

Result<DeleteServerCertificateResponse> DeleteServerCertificate(OperationContext& context,
                                                                const DeleteServerCertificateRequest& request) {
  const auto certificate = TRY(context.directory.server_certificates.Get(request.server_certificate_name));
  TRY(context.directory.server_certificates.Remove(certificate));
  return DeleteServerCertificateResponse{};
}

}  // namespace

void RegisterServerCertificateOperations(Operations& operations) {
  operations.Add<api::UploadServerCertificate>(UploadServerCertificate);
  operations.Add<api::GetServerCertificate>(GetServerCertificate);
  operations.Add<api::ListServerCertificates>(ListServerCertificates);
  operations.Add<api::UpdateServerCertificate>(UpdateServerCertificate);
  operations.Add<api::DeleteServerCertificate>(DeleteServerCertificate);
}

}  // namespace claviger::ops::iam
