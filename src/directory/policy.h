// Managed policies and their versions: the account's own at rest, and AWS's from the catalogue, shown alike.
// One attempt's view; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "base/clock.h"
#include "directory/named.h"

namespace claviger::directory {

struct Policy {
  std::string id;  // "ANPA..."
  std::string path;
  std::string name;
  TimePoint created;
  std::vector<Tag> tags;  // In the order given.
  std::string description;
  TimePoint updated;                  // The last change of its versions or of which one counts.
  std::uint32_t default_version = 1;  // The one that counts.
  std::uint32_t last_version = 1;     // The highest number ever given.
  bool aws_managed = false;           // From the catalogue: nothing of it can be changed.
};

struct PolicyVersion {
  std::uint32_t number = 1;
  TimePoint created;
  std::string document;  // As submitted.
};

// "v3" and back; nullopt for what no version is called.
std::string VersionName(std::uint32_t number);
std::optional<std::uint32_t> ParseVersionName(std::string_view name);

extern template class Named<Policy>;

// What Named offers is about the account's own policies alone.
class Policies : public Named<Policy> {
 public:
  using Named::Named;

  [[nodiscard]] std::string ArnOf(const Policy& policy) const;
  // Whether the ARN is of a policy in this account, be there one or not.
  [[nodiscard]] bool IsOwnArn(std::string_view arn) const;

  // The account's or AWS's policy of exactly this ARN. Letter case counts, because it does where policies name it.
  Result<std::optional<Policy>> FindByArn(std::string_view arn);
  // The account's or AWS's.
  Result<std::optional<Policy>> FindAnyById(std::string_view id);

  // A new policy with its first version. EntityAlreadyExists; LimitExceeded.
  Result<> Insert(const Policy& policy, std::string_view document);
  // With all versions. REQUIRES: own, and nobody uses it.
  Result<> Remove(const Policy& policy);

  Result<std::optional<PolicyVersion>> FindVersion(const Policy& policy, std::uint32_t number);
  // The version that counts.
  Result<PolicyVersion> DefaultVersion(const Policy& policy);
  // Newest first, of AWS's policies those that the catalogue has.
  Result<std::vector<PolicyVersion>> ListVersions(const Policy& policy);
  // A version with the next number, which becomes the default if told so; `policy` follows. LimitExceeded.
  // REQUIRES: own, read in this attempt; as for all below.
  Result<PolicyVersion> AddVersion(Policy& policy, std::string_view document, bool set_default, TimePoint now);
  Result<> RemoveVersion(const Policy& policy, std::uint32_t number, TimePoint now);
  Result<> SetDefaultVersion(const Policy& policy, std::uint32_t number, TimePoint now);
};

// An AWS managed policy in the form of the account's own.
Policy FromCatalogue(const AwsManagedPolicy& policy);

}  // namespace claviger::directory
