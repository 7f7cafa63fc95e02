#include "directory/saml_provider.h"

#include "aws/arn.h"
#include "directory/named_internal.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
enum IssuerField : unsigned { kEntityId = 1, kCertificate = 2 };
enum PrivateKeyField : unsigned { kKeyId = 1, kAdded = 2, kSealedKey = 3 };
enum MetadataField : unsigned { kDocument = 1 };

std::string EncodeIssuer(const SamlIssuer& issuer) {
  codec::RecordWriter writer(kNamedVersion);
  writer.Bytes(kEntityId, issuer.entity_id);
  for (const std::string& certificate : issuer.certificates) writer.Bytes(kCertificate, certificate);
  return writer.Take();
}

SamlIssuer DecodeIssuer(std::string_view record) {
  SamlIssuer issuer;
  codec::RecordReader reader(record, kNamedVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kEntityId) issuer.entity_id = field->Text();
    if (field->number == kCertificate) issuer.certificates.push_back(field->Text());
  }
  return issuer;
}

std::string EncodePrivateKey(const SamlPrivateKey& key) {
  return codec::RecordWriter(kNamedVersion)
      .Bytes(kKeyId, key.id)
      .Time(kAdded, key.added)
      .Bytes(kSealedKey, key.sealed)
      .Take();
}

SamlPrivateKey DecodePrivateKey(std::string_view record) {
  SamlPrivateKey key;
  codec::RecordReader reader(record, kNamedVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kKeyId) key.id = field->Text();
    if (field->number == kAdded) key.added = field->Time();
    if (field->number == kSealedKey) key.sealed = field->Text();
  }
  return key;
}

// Binds a sealed key to its provider, so that swapping two records does not swap two keys.
std::string SealContext(const SamlProvider& provider, std::string_view key_id) {
  return "saml-provider/" + provider.id + "/" + std::string(key_id);
}

}  // namespace

template <>
struct Kind<SamlProvider> {
  static constexpr std::string_view kFolder = "saml-provider";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned { kValidUntil = kFirstOwn, kEncryptionRequired = 7, kIssuer = 8, kPrivateKey = 9 };

  static Counter Count(const Context& context) {
    return {.what = "saml-providers",
            .quota_name = "SAMLProvidersPerAccount",
            .max = context.quotas.saml_providers_per_account};
  }
  static std::string Missing(std::string_view name) { return "Manifest not found for name " + std::string(name); }
  static std::string Existing(std::string_view name) {
    return "SAMLProvider " + std::string(name) + " already exists.";
  }
  static void EncodeOwn(const SamlProvider& provider, codec::RecordWriter& writer) {
    writer.Time(kValidUntil, provider.valid_until).Number(kEncryptionRequired, provider.encryption_required ? 1 : 0);
    for (const SamlIssuer& issuer : provider.issuers) writer.Bytes(kIssuer, EncodeIssuer(issuer));
    for (const SamlPrivateKey& key : provider.private_keys) writer.Bytes(kPrivateKey, EncodePrivateKey(key));
  }
  static void DecodeOwn(const codec::RecordField& field, SamlProvider& provider) {
    if (field.number == kValidUntil) provider.valid_until = field.Time();
    if (field.number == kEncryptionRequired) provider.encryption_required = field.value != 0;
    if (field.number == kIssuer) provider.issuers.push_back(DecodeIssuer(field.bytes));
    if (field.number == kPrivateKey) provider.private_keys.push_back(DecodePrivateKey(field.bytes));
  }
};

template class Named<SamlProvider>;

std::string SamlProviders::ArnOf(const SamlProvider& provider) const {
  return IamArn(context_.account, Kind<SamlProvider>::kFolder, "/", provider.name);
}

Result<std::optional<SamlProvider>> SamlProviders::FindByArn(std::string_view arn) {
  const std::string front = IamArn(context_.account, Kind<SamlProvider>::kFolder, "/", "");
  if (!arn.starts_with(front)) return std::optional<SamlProvider>();
  const std::string_view name = arn.substr(front.size());
  auto provider = TRY(Find(name));
  if (provider && provider->name != name) provider.reset();
  return provider;
}

Result<> SamlProviders::Insert(const SamlProvider& provider, std::string_view metadata) {
  TRY(Named::Insert(provider));
  PutMetadata(provider, metadata);
  return {};
}

Result<> SamlProviders::Remove(const SamlProvider& provider) {
  context_.transaction.Delete(keyspace::SamlMetadata(context_.account, provider.id));
  return Named::Remove(provider);
}

Result<std::string> SamlProviders::GetMetadata(const SamlProvider& provider) {
  const std::string at = keyspace::SamlMetadata(context_.account, provider.id);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return Corrupt(at);
  codec::RecordReader reader(entry->value, kNamedVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kDocument) return field->Text();
  }
  return Corrupt(at);
}

void SamlProviders::PutMetadata(const SamlProvider& provider, std::string_view metadata) {
  context_.transaction.Put(keyspace::SamlMetadata(context_.account, provider.id),
                           codec::RecordWriter(kNamedVersion).Bytes(kDocument, metadata).Take());
}

SamlPrivateKey SamlProviders::SealPrivateKey(const SamlProvider& provider, std::string id, TimePoint now,
                                             std::string_view pem) const {
  std::string sealed = context_.keys.secrets.Seal(SealContext(provider, id), pem, context_.random);
  return {.id = std::move(id), .added = now, .sealed = std::move(sealed)};
}

Result<crypto::Secret> SamlProviders::OpenPrivateKey(const SamlProvider& provider, const SamlPrivateKey& key) const {
  auto opened = context_.keys.secrets.Open(SealContext(provider, key.id), key.sealed);
  if (!opened) return Corrupt(keyspace::Named(context_.account, Kind<SamlProvider>::kFolder, provider.name));
  return std::move(*opened);
}

}  // namespace claviger::directory
