// The policies that AWS manages: the same for every account, read-only.
//
// A small set is compiled in (model/managed_policies). An installation that wants all of them loads a file made by
// tools/import_managed_policies.py. Immutable, so any number of threads may read it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "aws/error.h"
#include "aws/managed_policy.h"

namespace claviger::directory {

inline constexpr std::string_view kAwsPolicyArnPrefix = "arn:aws:iam::aws:policy/";

class Catalogue {
 public:
  // `by_id` holds indices into `policies`. REQUIRES: both sorted, by ARN and by id; what they point to outlives this.
  constexpr Catalogue(std::span<const AwsManagedPolicy> policies, std::span<const std::uint32_t> by_id)
      : policies_(policies), by_id_(by_id) {}

  // Null when there is none.
  [[nodiscard]] const AwsManagedPolicy* Find(std::string_view arn) const;
  [[nodiscard]] const AwsManagedPolicy* FindById(std::string_view id) const;
  // By ARN.
  [[nodiscard]] std::span<const AwsManagedPolicy> policies() const { return policies_; }

 private:
  std::span<const AwsManagedPolicy> policies_;
  std::span<const std::uint32_t> by_id_;
};

// The compiled-in set.
const Catalogue& BuiltinCatalogue();

// A catalogue that owns what it shows.
class LoadedCatalogue {
 public:
  // Reads the JSON text of a catalogue file (docs/internals/directory.md). Errors: ValidationError that says what is
  // wrong and where; also for a document that is no policy.
  static Result<std::unique_ptr<const LoadedCatalogue>> Parse(std::string_view text);

  [[nodiscard]] const Catalogue& catalogue() const { return catalogue_; }

  LoadedCatalogue(const LoadedCatalogue&) = delete;
  LoadedCatalogue& operator=(const LoadedCatalogue&) = delete;
  ~LoadedCatalogue();

 private:
  struct Content;
  explicit LoadedCatalogue(std::unique_ptr<const Content> content);

  std::unique_ptr<const Content> content_;
  Catalogue catalogue_;
};

// The unique id of an AWS managed policy: derived from its ARN, so that attachments survive a change of catalogue. Of
// the form that embeds no account.
std::string AwsManagedPolicyId(std::string_view arn);

}  // namespace claviger::directory
