// Request parameters and response elements as CloudTrail shows them, over the tables of aws/shape.h. Pure.
//
// Names begin with a small letter, numbers and booleans stay such, policy documents are texts. What the model calls
// sensitive is left out, and so are the one-time codes that it does not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit/entry.h"
#include "aws/shape.h"
#include "codec/json.h"

namespace claviger::audit {

// How a service's records write dates.
enum class DateForm : std::uint8_t {
  kIso,    // "2026-08-27T18:42:09Z"
  kWords,  // "Aug 1, 2024 1:33:28 PM"
};

// Larger ones are left out, with a note of their size.
inline constexpr std::size_t kParametersBytesMax = 100 << 10;

// Appends the struct at `structure` as an object, `null` when it has nothing to show; notes the identifiers in it.
// `first` are members, written as JSON, that come before its own.
void WriteParameters(const Shape& shape, const void* structure, DateForm dates, std::string& out,
                     std::vector<ResourceName>& resources, std::string_view first = {});

// Adds a resource unless it is there already or has no name.
void NoteResource(std::string_view type, std::string_view name, std::vector<ResourceName>& resources);

// Fills the default-made struct at `structure` from what was written so. What was left out stays as it is, and so do
// dates, which nobody has asked for yet. False for anything else, and for what was too large to be kept.
bool ReadParameters(const Shape& shape, const codec::JsonValue& json, void* structure);

// The text of the top-level member of this name, or empty.
std::string_view TextOf(const Shape& shape, const void* structure, std::string_view member);

}  // namespace claviger::audit
