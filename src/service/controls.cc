#include "service/controls.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace claviger::service {
namespace {

constexpr std::size_t kCachedAccountsMax = 16384;
// AWS's own keep to the grammar, but not to every rule that customers' must: RCPFullAWSAccess allows.
constexpr std::string_view kOwnedByAws = "arn:aws:organizations::aws:";

}  // namespace

ControlCache::ControlCache(store::Reader& reader, const Directories& directories, PolicyCache& policies)
    : reader_(reader), directories_(directories), policies_(policies), cache_(kCachedAccountsMax) {}

Result<ControlsPointer> ControlCache::Find(AccountId account) {
  const std::string key = account.ToString();
  if (Cached* cached = cache_.Find(key)) {
    if (TRY(cached->depends_on.Hold(reader_))) return cached->controls;
  }
  store::Transaction transaction(reader_);
  auto controls = std::make_shared<const Controls>(
      Compile(TRY(directory::LoadAccountControls(directories_.ContextOf(transaction, account), account))));
  return cache_.Insert(key, Cached{.controls = std::move(controls), .depends_on = Dependencies(transaction)}).controls;
}

Controls ControlCache::Compile(directory::AccountControls stored) {
  Controls controls;
  controls.closed = stored.closed;
  controls.organization_id = std::move(stored.organization_id);
  controls.organization_path = std::move(stored.organization_path);
  const auto compile = [&](std::vector<std::vector<directory::ControlText>>& levels, policy::Kind kind,
                           authz::Layer layer, ControlLevels& to) {
    for (std::vector<directory::ControlText>& level : levels) {
      std::vector<std::shared_ptr<const authz::CompiledPolicy>> policies;
      for (directory::ControlText& text : level) {
        const policy::Kind rules = text.arn.starts_with(kOwnedByAws) ? policy::Kind::kAny : kind;
        auto policy = policies_.Compile(text.content, rules, {std::move(text.id), std::move(text.arn)});
        if (policy == nullptr) {
          controls.unreadable = layer;
          continue;
        }
        controls.read_keys = controls.read_keys || ReadsKeys(*policy);
        policies.push_back(std::move(policy));
      }
      to.Add(std::make_unique<const authz::CompiledSet>(std::move(policies)));
    }
  };
  compile(stored.service_control, policy::Kind::kServiceControl, authz::Layer::kServiceControl,
          controls.service_control);
  compile(stored.resource_control, policy::Kind::kResourceControl, authz::Layer::kResourceControl,
          controls.resource_control);
  return controls;
}

}  // namespace claviger::service
