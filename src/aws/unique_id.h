// Unique ids and key ids ("AIDA...", "AKIA..."), which carry their account in the same bits as AWS's.
//
// The sixteen base32 characters behind the prefix are an 80-bit number: bit 79 says that an account is embedded, bits
// 78-39 are the account, the rest is random. Ids of 21 characters end in one more random character. Source: "Unique
// identifiers" in the IAM User Guide for the prefixes; the layout is how GetAccessKeyInfo and public tools read ids.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/account_id.h"
#include "base/random.h"

namespace claviger {

enum class IdKind {
  kAccessKey,           // AKIA, 20 characters
  kTemporaryAccessKey,  // ASIA, 20 characters
  kUser,                // AIDA, 21 characters, as all below
  kRole,                // AROA
  kGroup,               // AGPA
  kInstanceProfile,     // AIPA
  kManagedPolicy,       // ANPA
  kServerCertificate,   // ASCA
  kPublicKey,           // APKA, 20 characters
  kServiceCredential,   // ACCA
};

std::string_view PrefixOf(IdKind kind);

// A new id of this kind for this account.
std::string MintId(IdKind kind, AccountId account, Random& random);

// The account embedded in an id. nullopt for what is no id, or one of the old form that embeds none.
std::optional<AccountId> AccountInId(std::string_view id);

}  // namespace claviger
