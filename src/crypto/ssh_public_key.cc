#include "crypto/ssh_public_key.h"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/fingerprint.h"
#include "crypto/openssl_internal.h"

namespace claviger::crypto {
namespace {

constexpr std::string_view kSshRsa = "ssh-rsa";
constexpr std::string_view kPemStart = "-----BEGIN ";

struct BignumDeleter {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
};
template <class T>
using Pointer = std::unique_ptr<T, BignumDeleter>;

// Modulus and exponent, as big-endian bytes without leading zeros.
struct RsaNumbers {
  std::string exponent;
  std::string modulus;
};

int BitsOf(std::string_view number) {
  if (number.empty()) return 0;
  int bits = static_cast<int>(number.size() - 1) * 8;
  for (auto top = static_cast<std::uint8_t>(number.front()); top != 0; top >>= 1) ++bits;
  return bits;
}

bool IsOdd(std::string_view number) { return !number.empty() && (static_cast<std::uint8_t>(number.back()) & 1) != 0; }

// Sizes that AWS documents; an exponent beyond 64 bits serves only to make others slow.
bool IsAllowed(const RsaNumbers& numbers) {
  const int bits = BitsOf(numbers.modulus);
  return bits >= kSshRsaBitsMin && bits <= kSshRsaBitsMax && IsOdd(numbers.modulus) && IsOdd(numbers.exponent) &&
         BitsOf(numbers.exponent) >= 2 && BitsOf(numbers.exponent) <= 64;
}

void AppendString(std::string_view bytes, std::string& wire) {
  for (int shift = 24; shift >= 0; shift -= 8) wire.push_back(static_cast<char>(bytes.size() >> shift));
  wire += bytes;
}

// RFC 4251, section 5: a positive mpint whose top bit is set begins with a zero byte.
void AppendNumber(std::string_view number, std::string& wire) {
  const bool padded = (static_cast<std::uint8_t>(number.front()) & 0x80) != 0;
  AppendString(padded ? std::string(1, '\0') + std::string(number) : std::string(number), wire);
}

std::string ToWire(const RsaNumbers& numbers) {
  std::string wire;
  AppendString(kSshRsa, wire);
  AppendNumber(numbers.exponent, wire);
  AppendNumber(numbers.modulus, wire);
  return wire;
}

// Takes a length and that many bytes off the front.
std::optional<std::string_view> TakeString(std::string_view& wire) {
  if (wire.size() < 4) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<std::uint8_t>(wire[i]);
  if (size > wire.size() - 4) return std::nullopt;
  const std::string_view bytes = wire.substr(4, size);
  wire.remove_prefix(4 + size);
  return bytes;
}

std::optional<RsaNumbers> FromWireForm(std::string_view wire) {
  const std::string whole(wire);
  const auto kind = TakeString(wire);
  const auto exponent = TakeString(wire);
  const auto modulus = TakeString(wire);
  if (!kind || *kind != kSshRsa || !exponent || !modulus || !wire.empty()) return std::nullopt;
  const auto without_zeros = [](std::string_view number) {
    number.remove_prefix(std::min(number.find_first_not_of('\0'), number.size()));
    return std::string(number);
  };
  RsaNumbers numbers{.exponent = without_zeros(*exponent), .modulus = without_zeros(*modulus)};
  // Written anew it must be the same: one key has one form, and no number is negative.
  if (numbers.exponent.empty() || numbers.modulus.empty() || ToWire(numbers) != whole) return std::nullopt;
  return numbers;
}

std::optional<std::string> NumberOf(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return std::nullopt;
  const Pointer<BIGNUM> number(raw);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

// Reads `PUBLIC KEY` and `RSA PUBLIC KEY`.
OpenSslPointer<EVP_PKEY> ReadPem(std::string_view pem) {
  EVP_PKEY* key = nullptr;
  OSSL_DECODER_CTX* decoder =
      OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, nullptr, EVP_PKEY_PUBLIC_KEY, nullptr, nullptr);
  if (decoder == nullptr) return nullptr;
  OSSL_DECODER_CTX_set_pem_password_cb(decoder, NoPassword, nullptr);
  const bool read = OSSL_DECODER_from_bio(decoder, ReadFrom(pem).get()) == 1;
  OSSL_DECODER_CTX_free(decoder);
  OpenSslPointer<EVP_PKEY> owned(key);
  return read ? std::move(owned) : nullptr;
}

OpenSslPointer<EVP_PKEY> ToKey(const RsaNumbers& numbers) {
  const auto number = [](std::string_view bytes) {
    return Pointer<BIGNUM>(BN_bin2bn(AsBytes(bytes).data(), static_cast<int>(bytes.size()), nullptr));
  };
  const auto exponent = number(numbers.exponent);
  const auto modulus = number(numbers.modulus);
  const Pointer<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return nullptr;
  }
  const Pointer<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const OpenSslPointer<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return OpenSslPointer<EVP_PKEY>(key);
}

Expected<RsaNumbers, SshKeyError> ParsePem(std::string_view text) {
  const bool recognized =
      text.starts_with("-----BEGIN PUBLIC KEY-----") || text.starts_with("-----BEGIN RSA PUBLIC KEY-----");
  if (!recognized) return Failure{SshKeyError::kUnrecognized};
  const auto key = ReadPem(text);
  if (key == nullptr || EVP_PKEY_is_a(key.get(), "RSA") != 1) return Failure{SshKeyError::kInvalid};
  auto exponent = NumberOf(key.get(), OSSL_PKEY_PARAM_RSA_E);
  auto modulus = NumberOf(key.get(), OSSL_PKEY_PARAM_RSA_N);
  if (!exponent || !modulus || exponent->empty() || modulus->empty()) return Failure{SshKeyError::kInvalid};
  return RsaNumbers{.exponent = std::move(*exponent), .modulus = std::move(*modulus)};
}

Expected<RsaNumbers, SshKeyError> ParseLine(std::string_view line) {
  const std::size_t kind_end = line.find_first_of(" \t");
  const std::string_view kind = line.substr(0, kind_end);
  const bool known = kind.starts_with("ssh-") || kind.starts_with("ecdsa-") || kind.starts_with("sk-");
  if (!known || kind_end == std::string_view::npos || line.find_first_of("\r\n") != std::string_view::npos) {
    return Failure{SshKeyError::kUnrecognized};
  }
  if (kind != kSshRsa) return Failure{SshKeyError::kInvalid};
  const std::string_view rest = TrimSpace(line.substr(kind_end));
  const auto wire = Base64Decode(rest.substr(0, rest.find_first_of(" \t")));
  auto numbers = wire ? FromWireForm(*wire) : std::nullopt;
  if (!numbers) return Failure{SshKeyError::kInvalid};
  return std::move(*numbers);
}

}  // namespace

Expected<SshPublicKey, SshKeyError> SshPublicKey::Parse(std::string_view text) {
  const NoErrorsLeft guard;
  if (text.size() > kSshPublicKeyBytesMax) return Failure{SshKeyError::kUnrecognized};
  text = TrimSpace(text);
  const RsaNumbers numbers = TRY(text.starts_with(kPemStart) ? ParsePem(text) : ParseLine(text));
  if (!IsAllowed(numbers)) return Failure{SshKeyError::kInvalid};
  return SshPublicKey(ToWire(numbers));
}

std::optional<SshPublicKey> SshPublicKey::FromWire(std::string_view wire) {
  const auto numbers = FromWireForm(wire);
  if (!numbers || !IsAllowed(*numbers)) return std::nullopt;
  return SshPublicKey(std::string(wire));
}

std::string SshPublicKey::Ssh() const { return std::string(kSshRsa) + " " + Base64Encode(AsBytes(wire_)); }

std::string SshPublicKey::Pem() const {
  const NoErrorsLeft guard;
  const auto numbers = FromWireForm(wire_);
  const auto key = numbers ? ToKey(*numbers) : nullptr;
  const OpenSslPointer<BIO> bio(BIO_new(BIO_s_mem()));
  if (key == nullptr || PEM_write_bio_PUBKEY(bio.get(), key.get()) != 1) return {};
  return TakeText(bio.get());
}

std::string SshPublicKey::Fingerprint() const {
  std::string text;
  for (const std::uint8_t byte : Md5Of(wire_)) {
    if (!text.empty()) text += ':';
    text += HexEncode({&byte, 1});
  }
  return text;
}

}  // namespace claviger::crypto
