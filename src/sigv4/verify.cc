#include "sigv4/verify.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <string>

#include "base/encoding.h"
#include "base/time_text.h"
#include "crypto/secret.h"
#include "sigv4/canonical.h"

namespace claviger::sigv4 {
namespace {

using std::chrono::seconds;

Failure<Error> Mismatch(std::string message) { return Fail(ErrorCode::kSignatureDoesNotMatch, std::move(message)); }

// 6 to 9. AWS reports all that apply at once, which is why each of these texts but the last ends in a space.
Result<> CheckScope(const Authorization& authorization, const VerifyOptions& options) {
  std::string faults;
  const bool region_ok = !authorization.region.empty() &&
                         (options.regions.empty() || std::ranges::count(options.regions, authorization.region) > 0);
  if (!region_ok) faults += "Credential should be scoped to a valid region. ";
  if (std::ranges::count(options.services, authorization.service) == 0) {
    faults += "Credential should be scoped to correct service: ";
    for (std::size_t i = 0; i < options.services.size(); ++i) {
      faults.append(i == 0 ? "'" : " or '").append(options.services[i]).append("'");
    }
    faults += ". ";
  }
  if (authorization.terminator != kTerminator) {
    faults.append("Credential should be scoped with a valid terminator: 'aws4_request', not '")
        .append(authorization.terminator)
        .append("'. ");
  }
  const std::string_view day = authorization.TimestampText().substr(0, 8);
  if (authorization.date != day) {
    faults.append("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '")
        .append(authorization.date)
        .append("' != '")
        .append(day)
        .append("', from '")
        .append(authorization.TimestampText())
        .append("'.");
  }
  if (faults.empty()) return {};
  return Mismatch(std::move(faults));
}

// 10 and 11. Compares whole seconds, as X-Amz-Date and the texts have them.
Result<> CheckTime(const Authorization& authorization, const VerifyOptions& options) {
  const auto now = std::chrono::floor<seconds>(options.now);
  if (authorization.signed_at < now - options.skew_max) {
    return Mismatch("Signature expired: " + std::string(authorization.TimestampText()) + " is now earlier than " +
                    FormatIso8601Basic(now - options.skew_max) + " (" + FormatIso8601Basic(now) + " - " +
                    std::to_string(options.skew_max.count()) + " min.)");
  }
  if (authorization.signed_at > now + options.skew_max) {
    return Mismatch("Signature not yet current: " + std::string(authorization.TimestampText()) +
                    " is still later than " + FormatIso8601Basic(now + options.skew_max) + " (" +
                    FormatIso8601Basic(now) + " + " + std::to_string(options.skew_max.count()) + " min.)");
  }
  return {};
}

// The string to sign, on the stack. Its length is bounded by kCredentialBytesMax.
class StringToSignBuffer {
 public:
  StringToSignBuffer(const Authorization& authorization, const crypto::Digest& canonical_request) {
    assert(authorization.scope.size() <= kCredentialBytesMax);
    Put(kAlgorithm);
    Put("\n");
    Put(authorization.TimestampText());
    Put("\n");
    Put(authorization.scope);
    Put("\n");
    HexEncodeTo(canonical_request, text_.data() + used_);
    used_ += 2 * canonical_request.size();
  }

  [[nodiscard]] std::string_view Text() const { return {text_.data(), used_}; }

 private:
  void Put(std::string_view piece) {
    std::ranges::copy(piece, text_.data() + used_);
    used_ += piece.size();
  }

  std::size_t used_ = 0;
  std::array<char, kAlgorithm.size() + sizeof(Authorization::timestamp) + kCredentialBytesMax + 64 + 3> text_;
};

Failure<Error> WrongSignature(const http::Request& request, const Authorization& authorization,
                              std::string_view string_to_sign, bool explain) {
  std::string message =
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
      "and signing method. Consult the service documentation for details.";
  if (explain) {
    message.append("\n\nThe Canonical String for this request should have been\n'")
        .append(CanonicalRequest(request, authorization.signed_headers, authorization.form))
        .append("'\n\nThe String-to-Sign should have been\n'")
        .append(string_to_sign)
        .append("'\n");
  }
  return Mismatch(std::move(message));
}

}  // namespace

Result<> CheckClaims(const Authorization& authorization, const VerifyOptions& options) {
  TRY(CheckHostSigned(authorization));
  TRY(CheckScope(authorization, options));
  return CheckTime(authorization, options);
}

Result<> Verify(const http::Request& request, const Authorization& authorization, const SigningKey& key,
                const VerifyOptions& options) {
  TRY(CheckClaims(authorization, options));
  // 12. Sign what should have been signed, and compare.
  const StringToSignBuffer string_to_sign(
      authorization, HashCanonicalRequest(request, authorization.signed_headers, authorization.form));
  std::array<char, 64> expected;
  HexEncodeTo(key.Sign(string_to_sign.Text()), expected.data());
  if (!crypto::ConstantTimeEquals({expected.data(), expected.size()}, authorization.signature)) {
    return WrongSignature(request, authorization, string_to_sign.Text(), options.explain_mismatch);
  }
  return {};
}

}  // namespace claviger::sigv4
