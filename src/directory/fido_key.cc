#include "directory/fido_key.h"

#include "codec/record.h"
#include "directory/named_internal.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum Field : unsigned {
  kCredentialId = 1,
  kPublicKey = 2,
  kAaguid = 3,
  kFlags = 4,
  kSignCount = 5,
  kRpIdHash = 6,
  kTransport = 7,
  kCertification = 8,
  kAttestationFormat = 9,
};

}  // namespace

std::string EncodeFidoKey(const FidoKey& key) {
  codec::RecordWriter writer(kVersion);
  writer.Bytes(kCredentialId, key.credential_id)
      .Bytes(kPublicKey, key.public_key)
      .Bytes(kAaguid, key.aaguid)
      .Number(kFlags, key.flags)
      .Number(kSignCount, key.sign_count)
      .Bytes(kRpIdHash, key.rp_id_hash);
  for (const std::string& transport : key.transports) writer.Bytes(kTransport, transport);
  for (const Tag& certification : key.certifications) writer.Bytes(kCertification, EncodeTag(certification));
  writer.Bytes(kAttestationFormat, key.attestation_format);
  return writer.Take();
}

std::optional<FidoKey> DecodeFidoKey(std::string_view record) {
  FidoKey key;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kCredentialId) key.credential_id = field->Text();
    if (field->number == kPublicKey) key.public_key = field->Text();
    if (field->number == kAaguid) key.aaguid = field->Text();
    if (field->number == kFlags) key.flags = static_cast<std::uint8_t>(field->value);
    if (field->number == kSignCount) key.sign_count = static_cast<std::uint32_t>(field->value);
    if (field->number == kRpIdHash) key.rp_id_hash = field->Text();
    if (field->number == kTransport) key.transports.push_back(field->Text());
    if (field->number == kCertification) key.certifications.push_back(DecodeTag(field->bytes));
    if (field->number == kAttestationFormat) key.attestation_format = field->Text();
  }
  if (!reader.ok()) return std::nullopt;
  return key;
}

}  // namespace claviger::directory
