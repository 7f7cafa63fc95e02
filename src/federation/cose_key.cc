#include "federation/cose_key.h"

#include <array>
#include <cstdint>
#include <map>
#include <utility>

namespace claviger::federation {
namespace {

using codec::CborItem;
using codec::CborKind;
using crypto::SignatureAlgorithm;

// Numbers of the registries "COSE Key Common Parameters", "COSE Key Type Parameters" and "COSE Algorithms".
enum Label : std::int64_t {
  kKeyType = 1,
  kAlgorithm = 3,
  kCurve = -1,
  kX = -2,
  kY = -3,
  kModulus = -1,
  kExponent = -2
};
enum KeyType : std::int64_t { kOkp = 1, kEc2 = 2, kRsa = 3 };
constexpr std::int64_t kEd25519Curve = 6;
constexpr std::size_t kParametersMax = 5;

struct Kind {
  std::int64_t key_type;
  std::int64_t algorithm;
  std::int64_t curve;  // 0: has none.
  SignatureAlgorithm name;
};

constexpr std::array<Kind, 5> kKinds = {{{kEc2, -7, 1, SignatureAlgorithm::kEs256},
                                         {kEc2, -35, 2, SignatureAlgorithm::kEs384},
                                         {kEc2, -36, 3, SignatureAlgorithm::kEs512},
                                         {kOkp, -8, kEd25519Curve, SignatureAlgorithm::kEdDsa},
                                         {kRsa, -257, 0, SignatureAlgorithm::kRs256}}};

std::optional<std::int64_t> NumberOf(const CborItem& item) {
  constexpr std::uint64_t kMax = 1'000'000;  // All that are known are smaller.
  if (item.number > kMax) return std::nullopt;
  if (item.kind == CborKind::kUnsigned) return static_cast<std::int64_t>(item.number);
  if (item.kind == CborKind::kNegative) return -1 - static_cast<std::int64_t>(item.number);
  return std::nullopt;
}

using Parameters = std::map<std::int64_t, CborItem>;

std::optional<Parameters> ReadParameters(codec::CborReader& reader) {
  const auto map = reader.Next();
  if (!map || map->kind != CborKind::kMap || map->number > kParametersMax) return std::nullopt;
  Parameters parameters;
  for (std::uint64_t i = 0; i < map->number; ++i) {
    const auto name = reader.Next();
    const auto label = name ? NumberOf(*name) : std::nullopt;
    const auto value = label ? reader.Next() : std::nullopt;
    if (!value || !parameters.emplace(*label, *value).second) return std::nullopt;
  }
  return parameters;
}

std::optional<std::int64_t> FindNumber(const Parameters& parameters, std::int64_t label) {
  const auto found = parameters.find(label);
  return found == parameters.end() ? std::nullopt : NumberOf(found->second);
}

std::string_view FindBytes(const Parameters& parameters, std::int64_t label) {
  const auto found = parameters.find(label);
  const bool has = found != parameters.end() && found->second.kind == CborKind::kBytes;
  return has ? found->second.bytes : std::string_view();
}

std::optional<crypto::PublicKey> KeyOf(const Kind& kind, const Parameters& parameters) {
  if (kind.key_type == kRsa) {
    if (parameters.size() != 4) return std::nullopt;
    return crypto::PublicKey::FromRsa(FindBytes(parameters, kModulus), FindBytes(parameters, kExponent));
  }
  const std::string_view x = FindBytes(parameters, kX);
  if (FindNumber(parameters, kCurve) != kind.curve) return std::nullopt;
  if (kind.key_type == kOkp) {
    return parameters.size() == 4 ? crypto::PublicKey::FromEd25519(x) : std::nullopt;
  }
  const std::string_view y = FindBytes(parameters, kY);
  if (parameters.size() != 5) return std::nullopt;
  constexpr std::array kCurves = {crypto::EcCurve::kP256, crypto::EcCurve::kP384, crypto::EcCurve::kP521};
  return crypto::PublicKey::FromEc(kCurves.at(static_cast<std::size_t>(kind.curve - 1)), x, y);
}

}  // namespace

std::optional<CoseKey> ReadCoseKey(codec::CborReader& reader) {
  const auto parameters = ReadParameters(reader);
  if (!parameters) return std::nullopt;
  for (const Kind& kind : kKinds) {
    if (FindNumber(*parameters, kKeyType) != kind.key_type || FindNumber(*parameters, kAlgorithm) != kind.algorithm) {
      continue;
    }
    auto key = KeyOf(kind, *parameters);
    if (!key) return std::nullopt;
    return CoseKey{.algorithm = kind.name, .key = *std::move(key)};
  }
  return std::nullopt;
}

}  // namespace claviger::federation
