#include "directory/server_certificate.h"

#include "directory/named_internal.h"

namespace claviger::directory {

template <>
struct Kind<ServerCertificate> {
  static constexpr std::string_view kFolder = "server-certificate";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned { kExpires = kFirstOwn };

  static Counter Count(const Context& context) {
    return {.what = "server-certificates",
            .quota_name = "ServerCertificatesPerAccount",
            .max = context.quotas.server_certificates_per_account};
  }
  static std::string Missing(std::string_view name) {
    return "The Server Certificate with name " + std::string(name) + " cannot be found.";
  }
  static std::string Existing(std::string_view name) {
    return "The Server Certificate with name " + std::string(name) + " already exists.";
  }
  static void EncodeOwn(const ServerCertificate& certificate, codec::RecordWriter& writer) {
    writer.Time(kExpires, certificate.expires);
  }
  static void DecodeOwn(const codec::RecordField& field, ServerCertificate& certificate) {
    if (field.number == kExpires) certificate.expires = field.Time();
  }
};

template class Named<ServerCertificate>;

namespace {

// Stored, never renumber: docs/internals/directory.md.
enum MaterialField : unsigned { kBody = 1, kChain = 2, kSealedPrivateKey = 3 };

// Binds a sealed key to its certificate, so that swapping two records does not swap two keys.
std::string SealContext(std::string_view id) { return "server-certificate/" + std::string(id); }

}  // namespace

Result<> ServerCertificates::Insert(const ServerCertificate& certificate, const ServerCertificateMaterial& material) {
  TRY(Named::Insert(certificate));
  const std::string sealed =
      context_.keys.secrets.Seal(SealContext(certificate.id), material.private_key.Reveal(), context_.random);
  context_.transaction.Put(keyspace::ServerCertificateMaterial(context_.account, certificate.id),
                           codec::RecordWriter(kNamedVersion)
                               .Bytes(kBody, material.body)
                               .BytesUnlessEmpty(kChain, material.chain)
                               .Bytes(kSealedPrivateKey, sealed)
                               .Take());
  return {};
}

Result<ServerCertificateMaterial> ServerCertificates::GetMaterial(const ServerCertificate& certificate) {
  const std::string at = keyspace::ServerCertificateMaterial(context_.account, certificate.id);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return Corrupt(at);
  ServerCertificateMaterial material;
  std::optional<crypto::Secret> key;
  codec::RecordReader reader(entry->value, kNamedVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kBody) material.body = field->Text();
    if (field->number == kChain) material.chain = field->Text();
    if (field->number == kSealedPrivateKey) {
      key = context_.keys.secrets.Open(SealContext(certificate.id), field->bytes);
    }
  }
  if (!reader.ok() || material.body.empty() || !key) return Corrupt(at);
  material.private_key = std::move(*key);
  return material;
}

Result<> ServerCertificates::Remove(const ServerCertificate& certificate) {
  context_.transaction.Delete(keyspace::ServerCertificateMaterial(context_.account, certificate.id));
  return Named::Remove(certificate);
}

}  // namespace claviger::directory
