#include "federation/session_claims.h"

#include <algorithm>

#include "base/text.h"
#include "codec/utf8.h"

namespace claviger::federation {
namespace {

using codec::JsonValue;

constexpr std::string_view kTags = "https://aws.amazon.com/tags";
constexpr std::string_view kFlatTag = "https://aws.amazon.com/tags/principal_tags/";
constexpr std::string_view kFlatTransitive = "https://aws.amazon.com/tags/transitive_tag_keys";
constexpr std::string_view kSourceIdentity = "https://aws.amazon.com/source_identity";
constexpr std::size_t kTagKeyCharactersMax = 128;
constexpr std::size_t kTagValueCharactersMax = 256;
constexpr std::size_t kNameCharactersMin = 2;
constexpr std::size_t kNameCharactersMax = 64;

Failure<Error> Refused(std::string_view what) {
  return Fail(ErrorCode::kInvalidIdentityToken, "The " + std::string(what) + " in the web identity token are invalid.");
}

bool IsLetterOrDigit(char c) {
  const char lower = AsciiLower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
}

// The characters of tags: letters, digits and white space of any script, and some others.
bool IsTagText(std::string_view text, std::size_t characters_max) {
  if (!codec::IsUtf8(text) || codec::Utf16Length(text) > characters_max) return false;
  return std::ranges::all_of(text, [](char c) {
    const bool beyond_ascii = (static_cast<unsigned char>(c) & 0x80U) != 0;
    return beyond_ascii || IsLetterOrDigit(c) || std::string_view(" _.:/=+-@").find(c) != std::string_view::npos;
  });
}

// A text, or a list with one.
const JsonValue* OnlyText(const JsonValue& value) {
  if (value.IsString()) return &value;
  return value.items.size() == 1 && value.items.front().IsString() ? &value.items.front() : nullptr;
}

Result<> AddTag(std::string_view key, const JsonValue& value, Outsider& outsider) {
  const JsonValue* text = OnlyText(value);
  if (text == nullptr || !IsTag(key, text->text) || outsider.tags.size() == kSessionTagsMax) return Refused("tags");
  outsider.tags.push_back({.key = std::string(key), .value = std::string(text->text)});
  return {};
}

Result<> AddTransitive(const JsonValue* keys, Outsider& outsider) {
  if (keys == nullptr) return {};
  if (!keys->IsArray() || keys->items.size() > kSessionTagsMax) return Refused("transitive tag keys");
  for (const JsonValue& key : keys->items) {
    if (!key.IsString() || !IsTag(key.text, "")) return Refused("transitive tag keys");
    outsider.transitive_tag_keys.emplace_back(key.text);
  }
  return {};
}

}  // namespace

bool IsTag(std::string_view key, std::string_view value) {
  return !key.empty() && IsTagText(key, kTagKeyCharactersMax) && IsTagText(value, kTagValueCharactersMax);
}

bool IsSessionName(std::string_view text) {
  return text.size() >= kNameCharactersMin && text.size() <= kNameCharactersMax &&
         std::ranges::all_of(text, [](char c) {
           return IsLetterOrDigit(c) || std::string_view("_+=,.@-").find(c) != std::string_view::npos;
         });
}

Result<> CheckSourceIdentity(std::string_view text) {
  // No colon can stand in it, so none begins with `aws:`.
  if (IsSessionName(text)) return {};
  return Fail(ErrorCode::kInvalidIdentityToken,
              "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"");
}

Result<> ReadSessionClaims(const JsonValue& claims, Outsider& outsider) {
  if (const JsonValue* nested = claims.Find(kTags)) {
    const JsonValue* tags = nested->Find("principal_tags");
    if (!nested->IsObject() || (tags != nullptr && !tags->IsObject())) return Refused("tags");
    if (tags != nullptr) {
      for (const codec::JsonMember& tag : tags->members) TRY(AddTag(tag.name, tag.value, outsider));
    }
    TRY(AddTransitive(nested->Find("transitive_tag_keys"), outsider));
  }
  for (const codec::JsonMember& claim : claims.members) {
    if (!claim.name.starts_with(kFlatTag)) continue;
    TRY(AddTag(claim.name.substr(kFlatTag.size()), claim.value, outsider));
  }
  TRY(AddTransitive(claims.Find(kFlatTransitive), outsider));
  if (const JsonValue* identity = claims.Find(kSourceIdentity)) {
    TRY(CheckSourceIdentity(identity->IsString() ? identity->text : std::string_view()));
    outsider.source_identity = identity->text;
  }
  return {};
}

}  // namespace claviger::federation
