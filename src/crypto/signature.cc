#include "crypto/signature.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>

#include "base/encoding.h"
#include "crypto/openssl_internal.h"

namespace claviger::crypto {
namespace {

struct BuildDeleter {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <class T>
using Owned = std::unique_ptr<T, BuildDeleter>;

constexpr std::array<std::string_view, 10> kNames = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                                     "PS512", "ES256", "ES384", "ES512", "EdDSA"};
constexpr std::size_t kEd25519Bytes = 32;
constexpr unsigned kOwnRsaBits = 2048;
// Verifying with a large exponent takes long, and nobody has one.
constexpr std::size_t kRsaExponentBytesMax = 8;
constexpr std::size_t kRsaModulusBytesMax = kRsaBitsMax / 8 + 1;

enum class Scheme : std::uint8_t { kRsa, kPss, kEc, kEd };

Scheme SchemeOf(SignatureAlgorithm algorithm) {
  using enum SignatureAlgorithm;
  if (algorithm <= kRs512) return Scheme::kRsa;
  if (algorithm <= kPs512) return Scheme::kPss;
  return algorithm <= kEs512 ? Scheme::kEc : Scheme::kEd;
}

// Null for Ed25519, which has its own.
const EVP_MD* HashOf(SignatureAlgorithm algorithm) {
  using enum SignatureAlgorithm;
  switch (algorithm) {
    case kRs256:
    case kPs256:
    case kEs256:
      return EVP_sha256();
    case kRs384:
    case kPs384:
    case kEs384:
      return EVP_sha384();
    case kRs512:
    case kPs512:
    case kEs512:
      return EVP_sha512();
    case kEdDsa:
      break;
  }
  return nullptr;
}

struct Curve {
  const char* name;
  std::size_t bytes;  // Of a coordinate, and of each half of a signature.
};

Curve CurveOf(EcCurve curve) {
  if (curve == EcCurve::kP256) return {"P-256", 32};
  if (curve == EcCurve::kP384) return {"P-384", 48};
  return {"P-521", 66};
}

std::size_t HalfBytes(SignatureAlgorithm algorithm) {
  if (algorithm == SignatureAlgorithm::kEs256) return CurveOf(EcCurve::kP256).bytes;
  return CurveOf(algorithm == SignatureAlgorithm::kEs384 ? EcCurve::kP384 : EcCurve::kP521).bytes;
}

Owned<BIGNUM> ToNumber(std::string_view bytes) {
  return Owned<BIGNUM>(BN_bin2bn(AsBytes(bytes).data(), static_cast<int>(bytes.size()), nullptr));
}

// At least `width` bytes.
std::string ToText(const BIGNUM* number, std::size_t width = 0) {
  const auto needed = static_cast<std::size_t>(BN_num_bytes(number));
  std::string text(std::max(needed, width), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(text.size()));
  return text;
}

OpenSslPointer<EVP_PKEY> Build(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder));
  const OpenSslPointer<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return OpenSslPointer<EVP_PKEY>(key);
}

bool IsSound(EVP_PKEY* key) {
  const OpenSslPointer<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key, nullptr));
  return context != nullptr && EVP_PKEY_public_check(context.get()) == 1;
}

// JWS has both halves side by side, OpenSSL wants them in DER. Empty when the length is not exactly right.
std::string EcSignatureToDer(std::string_view signature, std::size_t half) {
  if (signature.size() != 2 * half) return {};
  const Owned<ECDSA_SIG> parts(ECDSA_SIG_new());
  if (parts == nullptr || ECDSA_SIG_set0(parts.get(), ToNumber(signature.substr(0, half)).release(),
                                         ToNumber(signature.substr(half)).release()) != 1) {
    return {};
  }
  unsigned char* bytes = nullptr;
  const int size = i2d_ECDSA_SIG(parts.get(), &bytes);
  if (size <= 0) return {};
  std::string der(AsText({bytes, static_cast<std::size_t>(size)}));
  OPENSSL_free(bytes);
  return der;
}

std::string EcSignatureFromDer(std::string_view der, std::size_t half) {
  const auto* at = AsBytes(der).data();
  const Owned<ECDSA_SIG> parts(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (parts == nullptr) return {};
  return ToText(ECDSA_SIG_get0_r(parts.get()), half) + ToText(ECDSA_SIG_get0_s(parts.get()), half);
}

bool UsePss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

std::string NumberOf(const EVP_PKEY* key, const char* name, std::size_t width = 0) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return {};
  const Owned<BIGNUM> owned(number);
  return ToText(number, width);
}

}  // namespace

std::optional<SignatureAlgorithm> ParseSignatureAlgorithm(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<SignatureAlgorithm>(i);
  }
  return std::nullopt;
}

std::string_view SignatureAlgorithmName(SignatureAlgorithm algorithm) {
  return kNames[static_cast<std::size_t>(algorithm)];
}

PublicKey::Kind PublicKey::KindFor(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::kEs256:
      return Kind::kP256;
    case SignatureAlgorithm::kEs384:
      return Kind::kP384;
    case SignatureAlgorithm::kEs512:
      return Kind::kP521;
    case SignatureAlgorithm::kEdDsa:
      return Kind::kEd25519;
    default:
      return Kind::kRsa;
  }
}

PublicKey::Kind PublicKey::KindOf(EcCurve curve) {
  if (curve == EcCurve::kP256) return Kind::kP256;
  return curve == EcCurve::kP384 ? Kind::kP384 : Kind::kP521;
}

std::optional<PublicKey> PublicKey::FromRsa(std::string_view modulus, std::string_view exponent) {
  const NoErrorsLeft guard;
  if (modulus.size() > kRsaModulusBytesMax || exponent.empty() || exponent.size() > kRsaExponentBytesMax) {
    return std::nullopt;
  }
  const auto n = ToNumber(modulus);
  const auto e = ToNumber(exponent);
  if (n == nullptr || e == nullptr || BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) != 0) return std::nullopt;
  const int bits = BN_num_bits(n.get());
  if (bits < kRsaBitsMin || bits > kRsaBitsMax || BN_is_odd(n.get()) == 0) return std::nullopt;
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return std::nullopt;
  }
  auto key = Build("RSA", builder.get());
  if (key == nullptr) return std::nullopt;
  return PublicKey(std::shared_ptr<EVP_PKEY>(std::move(key)), Kind::kRsa);
}

std::optional<PublicKey> PublicKey::FromEc(EcCurve curve, std::string_view x, std::string_view y) {
  const NoErrorsLeft guard;
  const Curve parameters = CurveOf(curve);
  if (x.size() != parameters.bytes || y.size() != parameters.bytes) return std::nullopt;
  const std::string point = std::string(1, '\x04').append(x).append(y);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, parameters.name, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return std::nullopt;
  }
  auto key = Build("EC", builder.get());
  if (key == nullptr || !IsSound(key.get())) return std::nullopt;  // A point that is on the curve.
  return PublicKey(std::shared_ptr<EVP_PKEY>(std::move(key)), KindOf(curve));
}

std::optional<PublicKey> PublicKey::FromEd25519(std::string_view bytes) {
  const NoErrorsLeft guard;
  if (bytes.size() != kEd25519Bytes) return std::nullopt;
  OpenSslPointer<EVP_PKEY> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, AsBytes(bytes).data(), bytes.size()));
  if (key == nullptr) return std::nullopt;
  return PublicKey(std::shared_ptr<EVP_PKEY>(std::move(key)), Kind::kEd25519);
}

bool PublicKey::Fits(SignatureAlgorithm algorithm) const { return KindFor(algorithm) == kind_; }

bool PublicKey::Verify(SignatureAlgorithm algorithm, std::string_view message, std::string_view signature) const {
  const NoErrorsLeft guard;
  if (!Fits(algorithm)) return false;
  std::string der;
  if (SchemeOf(algorithm) == Scheme::kEc) {
    der = EcSignatureToDer(signature, HalfBytes(algorithm));
    if (der.empty()) return false;
    signature = der;
  }
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), &options, HashOf(algorithm), nullptr, key_.get()) != 1) {
    return false;
  }
  if (SchemeOf(algorithm) == Scheme::kPss && !UsePss(options)) return false;
  return EVP_DigestVerify(context.get(), AsBytes(signature).data(), signature.size(), AsBytes(message).data(),
                          message.size()) == 1;
}

SignatureKey SignatureKey::New(SignatureAlgorithm algorithm) {
  const NoErrorsLeft guard;
  const bool rsa = SchemeOf(algorithm) == Scheme::kRsa;
  OpenSslPointer<EVP_PKEY> key(rsa ? EVP_RSA_gen(kOwnRsaBits) : EVP_EC_gen("P-384"));
  if (key == nullptr) throw std::runtime_error("OpenSSL cannot make a key");
  return {std::shared_ptr<EVP_PKEY>(std::move(key)), algorithm};
}

std::optional<SignatureKey> SignatureKey::FromDer(SignatureAlgorithm algorithm, std::string_view der) {
  const NoErrorsLeft guard;
  const auto* at = AsBytes(der).data();
  OpenSslPointer<EVP_PKEY> key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  const int wanted = SchemeOf(algorithm) == Scheme::kRsa ? EVP_PKEY_RSA : EVP_PKEY_EC;
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != wanted) return std::nullopt;
  return SignatureKey(std::shared_ptr<EVP_PKEY>(std::move(key)), algorithm);
}

Secret SignatureKey::Der() const {
  const NoErrorsLeft guard;
  unsigned char* bytes = nullptr;
  const int size = i2d_PrivateKey(key_.get(), &bytes);
  if (size <= 0) throw std::runtime_error("OpenSSL cannot write a key");
  Secret der(std::span<const std::uint8_t>(bytes, static_cast<std::size_t>(size)));
  OPENSSL_clear_free(bytes, static_cast<std::size_t>(size));
  return der;
}

std::string SignatureKey::Sign(std::string_view message) const {
  const NoErrorsLeft guard;
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (context == nullptr || EVP_DigestSignInit(context.get(), nullptr, HashOf(algorithm_), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, AsBytes(message).data(), message.size()) != 1) {
    throw std::runtime_error("OpenSSL cannot sign");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, AsBytes(message).data(),
                     message.size()) != 1) {
    throw std::runtime_error("OpenSSL cannot sign");
  }
  signature.resize(size);
  return SchemeOf(algorithm_) == Scheme::kEc ? EcSignatureFromDer(signature, HalfBytes(algorithm_)) : signature;
}

SignatureKey::Numbers SignatureKey::PublicNumbers() const {
  const NoErrorsLeft guard;
  if (SchemeOf(algorithm_) == Scheme::kRsa) {
    return {NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_N), NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_E)};
  }
  const std::size_t width = HalfBytes(algorithm_);
  return {NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, width), NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, width)};
}

}  // namespace claviger::crypto
