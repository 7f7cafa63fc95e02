#include "sigv4/authorization.h"

#include <algorithm>
#include <string>

#include "base/encoding.h"
#include "base/text.h"
#include "base/time_text.h"
#include "crypto/sha256.h"
#include "http/uri.h"
#include "sigv4/signed_headers_internal.h"

namespace claviger::sigv4 {
namespace {

constexpr std::string_view kEcdsaAlgorithm = "AWS4-ECDSA-P256-SHA256";

Failure<Error> Incomplete(std::string message) { return Fail(ErrorCode::kIncompleteSignature, std::move(message)); }

Failure<Error> Missing(std::string message) { return Fail(ErrorCode::kMissingAuthenticationToken, std::move(message)); }

Failure<Error> Repeated(std::string_view what) {
  return Incomplete("`" + std::string(what) + "` is given more than once");
}

Failure<Error> UnsupportedAlgorithm(std::string_view algorithm) {
  return Incomplete("Unsupported AWS 'algorithm': '" + std::string(algorithm) + "' (only AWS4-HMAC-SHA256 for now). ");
}

std::string HashOf(std::string_view header) { return Base64Encode(crypto::Sha256Of(header)); }

// A text that may be there once.
struct Part {
  std::string_view name;
  std::optional<std::string_view> text;

  // False when it was there already.
  bool Set(std::string_view value) {
    if (text) return false;
    text = value;
    return true;
  }
  [[nodiscard]] bool empty() const { return !text || text->empty(); }
};

// The headers that authentication reads.
struct Headers {
  Part authorization{"Authorization", {}};
  Part x_amz_date{"X-Amz-Date", {}};
  Part date{"Date", {}};
  Part session_token{"X-Amz-Security-Token", {}};
};

Result<Headers> FindHeaders(const http::Request& request) {
  Headers found;
  for (const http::Header& header : request.headers) {
    for (Part* part : {&found.authorization, &found.x_amz_date, &found.date, &found.session_token}) {
      if (!SameHeader(part->name, header.name)) continue;
      if (!part->Set(header.value)) return Repeated(part->name);
    }
  }
  return found;
}

// The query parameters that authentication reads, in the order in which AWS complains about them; still encoded.
struct Parameters {
  Part algorithm{"X-Amz-Algorithm", {}};
  Part credential{"X-Amz-Credential", {}};
  Part signature{"X-Amz-Signature", {}};
  Part signed_headers{"X-Amz-SignedHeaders", {}};
  Part date{"X-Amz-Date", {}};
  Part session_token{"X-Amz-Security-Token", {}};
  std::string_view repeated;  // The first name that is there twice.

  // The parameter that makes this a presigned request, or null. A date or a token alone does not.
  [[nodiscard]] const Part* FindSignature() const {
    for (const Part* part : {&algorithm, &credential, &signature, &signed_headers}) {
      if (part->text) return part;
    }
    return nullptr;
  }
};

// The longest of these names, each of its characters percent-encoded.
constexpr std::size_t kParameterNameBytesMax = 3 * std::string_view("X-Amz-Security-Token").size();

Parameters FindParameters(std::string_view query) {
  Parameters found;
  http::QueryReader reader(query);
  std::array<char, kParameterNameBytesMax> buffer;
  while (const auto parameter = reader.Next()) {
    if (parameter->name.size() > buffer.size()) continue;
    const std::string_view name(buffer.data(), http::DecodeQueryTo(parameter->name, buffer.data()));
    for (Part* part : {&found.algorithm, &found.credential, &found.signature, &found.signed_headers, &found.date,
                       &found.session_token}) {
      if (name != part->name) continue;
      if (!part->Set(parameter->value) && found.repeated.empty()) found.repeated = part->name;
    }
  }
  return found;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Result<> SetCredential(Authorization& out, std::string_view credential) {
  std::array<std::string_view, 5> elements;
  std::size_t count = 0;
  std::string_view rest = credential;
  while (count < elements.size()) {
    const std::size_t slash = rest.find('/');
    elements[count++] = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (slash == std::string_view::npos) break;
    if (count == elements.size()) ++count;  // A sixth element.
  }
  if (credential.size() > kCredentialBytesMax) {
    return Incomplete("the Credential is longer than " + std::to_string(kCredentialBytesMax) + " bytes");
  }
  if (count != elements.size()) {
    return Incomplete(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
        std::string(credential) + "'");
  }
  out.access_key_id = elements[0];
  out.scope = credential.substr(elements[0].size() + 1);
  out.date = elements[1];
  out.region = elements[2];
  out.service = elements[3];
  out.terminator = elements[4];
  return {};
}

// An HTTP date whose zone may be spelled as a number, as some clients' libraries do.
std::optional<TimePoint> ParseLenientHttpDate(std::string_view text) {
  if (!text.ends_with(" -0000") && !text.ends_with(" +0000")) return ParseHttpDate(text);
  return ParseHttpDate(std::string(text.substr(0, text.size() - 5)) + "GMT");
}

Result<> SetTime(Authorization& out, const Part& parameter, const Headers& headers) {
  const bool from_date_header = !parameter.text && !headers.x_amz_date.text;
  const std::string_view text = parameter.text            ? *parameter.text
                                : headers.x_amz_date.text ? *headers.x_amz_date.text
                                                          : headers.date.text.value_or(std::string_view());
  if (const auto time = ParseIso8601Basic(text)) {
    out.signed_at = *time;
    std::ranges::copy(text, out.timestamp.begin());  // Exactly sixteen characters: it parsed.
    return {};
  }
  if (from_date_header) {
    if (const auto time = ParseLenientHttpDate(text)) {
      out.signed_at = *time;
      std::ranges::copy(FormatIso8601Basic(*time), out.timestamp.begin());
      return {};
    }
  }
  return Incomplete("Date must be in ISO-8601 'basic format'. Got '" + std::string(text) +
                    "'. See http://en.wikipedia.org/wiki/ISO_8601");
}

Result<> CheckSignedHeaders(const http::Request& request, std::string_view list) {
  std::size_t count = 0;
  bool ascending = true;
  std::string_view previous;
  SignedHeaderReader reader(list);
  while (const auto name = reader.Next()) {
    if (++count > kSignedHeadersMax) {
      return Incomplete("more than " + std::to_string(kSignedHeadersMax) + " signed headers");
    }
    const bool present = std::ranges::any_of(
        request.headers, [&](const http::Header& header) { return SameHeader(header.name, *name); });
    if (!present) {
      return Incomplete("'" + std::string(*name) +
                        "' is named as a SignedHeader, but it does not exist in the HTTP request.");
    }
    ascending = ascending && LessIgnoreCase(previous, *name);
    previous = *name;
  }
  if (ascending) return {};
  const std::vector<std::string_view> sorted = SortedSignedHeaders(list);
  const auto twin = std::ranges::adjacent_find(sorted, SameHeader);
  if (twin != sorted.end()) return Repeated(*twin);
  return {};
}

Result<Authorization> ParseHeader(const http::Request& request, const Headers& headers) {
  const std::string_view header = Trim(*headers.authorization.text);
  const std::string_view algorithm = header.substr(0, header.find_first_of(" \t"));
  // SigV2 and its kin say "AWS" or "AWS3-HTTPS"; anything else is not an AWS signature at all.
  if (algorithm != "AWS" && !algorithm.starts_with("AWS3") && !algorithm.starts_with("AWS4-")) {
    return Missing("Request is missing Authentication Token");
  }
  if (algorithm != kAlgorithm) return UnsupportedAlgorithm(algorithm);

  Part credential{"Credential", {}};
  Part signature{"Signature", {}};
  Part signed_headers{"SignedHeaders", {}};
  std::string_view rest = Trim(header.substr(algorithm.size()));
  for (bool more = !rest.empty(); more;) {
    const std::size_t comma = rest.find(',');
    const std::string_view element = Trim(rest.substr(0, comma));
    more = comma != std::string_view::npos;
    if (more) rest.remove_prefix(comma + 1);
    const std::size_t equals = element.find('=');
    if (equals == std::string_view::npos) {
      return Incomplete(
          "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with "
          "Base64): '" +
          HashOf(header) + "'.");
    }
    const std::string_view key = element.substr(0, equals);
    Part* const parts[] = {&credential, &signature, &signed_headers};
    const auto part = std::ranges::find(parts, key, [](const Part* p) { return p->name; });
    if (part == std::end(parts))
      return Incomplete("`" + std::string(key) + "` is not a part of the Authorization header");
    if (!(*part)->Set(element.substr(equals + 1))) return Repeated(key);
  }

  std::string lacking;
  for (const Part* part : {&credential, &signature, &signed_headers}) {
    if (part->empty()) lacking.append("Authorization header requires '").append(part->name).append("' parameter. ");
  }
  if (!headers.x_amz_date.text && !headers.date.text) {
    lacking += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!lacking.empty()) {
    return Incomplete(lacking + "(Hashed with SHA-256 and encoded with Base64) Authorization=" + HashOf(header));
  }

  Authorization out;
  TRY(SetCredential(out, *credential.text));
  TRY(SetTime(out, Part{}, headers));
  TRY(CheckSignedHeaders(request, *signed_headers.text));
  out.signed_headers = *signed_headers.text;
  out.signature = *signature.text;
  out.session_token = headers.session_token.text;
  return out;
}

// Replaces each encoded text by its decoded form in `out.decoded`.
void DecodeInto(Authorization& out, std::initializer_list<Part*> parts) {
  std::size_t bytes = 0;
  for (const Part* part : parts) {
    if (part->text && http::IsEncoded(*part->text)) bytes += part->text->size();
  }
  if (bytes == 0) return;
  out.decoded = std::make_unique_for_overwrite<char[]>(bytes);
  char* end = out.decoded.get();
  for (Part* part : parts) {
    if (!part->text || !http::IsEncoded(*part->text)) continue;
    const std::size_t size = http::DecodeQueryTo(*part->text, end);
    part->text = std::string_view(end, size);
    end += size;
  }
}

Result<Authorization> ParseQuery(const http::Request& request, Parameters parameters, const Headers& headers) {
  if (!parameters.repeated.empty()) return Repeated(parameters.repeated);
  if (parameters.algorithm.text && !http::DecodesTo(*parameters.algorithm.text, kAlgorithm)) {
    if (http::DecodesTo(*parameters.algorithm.text, kEcdsaAlgorithm)) return UnsupportedAlgorithm(kEcdsaAlgorithm);
    return Missing("Missing Authentication Token");
  }
  std::string lacking;
  for (const Part* part : {&parameters.algorithm, &parameters.credential, &parameters.signature,
                           &parameters.signed_headers, &parameters.date}) {
    const bool elsewhere = part == &parameters.date && !part->text && (headers.x_amz_date.text || headers.date.text);
    if (part->empty() && !elsewhere) {
      lacking.append("AWS query-string parameters must include '").append(part->name).append("'. ");
    }
  }
  if (!lacking.empty()) return Incomplete(lacking + "Re-examine the query-string parameters.");

  Authorization out;
  out.form = Form::kQuery;
  DecodeInto(out, {&parameters.credential, &parameters.signature, &parameters.signed_headers, &parameters.date,
                   &parameters.session_token});
  TRY(SetCredential(out, *parameters.credential.text));
  TRY(SetTime(out, parameters.date, headers));
  TRY(CheckSignedHeaders(request, *parameters.signed_headers.text));
  out.signed_headers = *parameters.signed_headers.text;
  out.signature = *parameters.signature.text;
  out.session_token = parameters.session_token.text;
  return out;
}

}  // namespace

bool Authorization::Signs(std::string_view name) const {
  SignedHeaderReader reader(signed_headers);
  while (const auto signed_name = reader.Next()) {
    if (SameHeader(*signed_name, name)) return true;
  }
  return false;
}

Result<Authorization> Parse(const http::Request& request) {
  const Headers headers = TRY(FindHeaders(request));
  if (request.query.empty()) {
    if (headers.authorization.empty()) return Missing("Request is missing Authentication Token");
    return ParseHeader(request, headers);
  }
  Parameters parameters = FindParameters(request.query);
  const Part* const presigned = parameters.FindSignature();
  if (presigned != nullptr && headers.authorization.text) {
    return Fail(ErrorCode::kSignatureDoesNotMatch, "Found both '" + std::string(presigned->name) +
                                                       "' as a query-string param and 'Authorization' as HTTP header.");
  }
  if (presigned != nullptr) return ParseQuery(request, parameters, headers);
  if (headers.authorization.empty()) return Missing("Request is missing Authentication Token");
  return ParseHeader(request, headers);
}

Result<> CheckHostSigned(const Authorization& authorization) {
  if (authorization.Signs("host")) return {};
  return Fail(ErrorCode::kSignatureDoesNotMatch,
              "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
}

}  // namespace claviger::sigv4
