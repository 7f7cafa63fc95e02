// All policies of one layer for one principal (or resource), indexed by action, so that a decision looks only at the
// statements that can be about the requested one. Build it once and keep it until a policy changes.
// Immutable: any number of threads may use one at the same time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "authz/compiled_policy.h"

namespace claviger::authz {

// A statement and the policy it stands in.
struct StatementRef {
  const CompiledPolicy* policy = nullptr;
  std::uint32_t index = 0;

  [[nodiscard]] const CompiledStatement& statement() const { return policy->statements()[index]; }
  bool operator==(const StatementRef&) const = default;
};

// An action as it is looked up: in lower case, with the hash of each of its beginnings. Made once per request.
class ActionKey {
 public:
  static constexpr std::size_t kBeginningsMax = 128;

  explicit ActionKey(std::string_view action);
  // Points into itself.
  ActionKey(const ActionKey&) = delete;
  ActionKey& operator=(const ActionKey&) = delete;

  [[nodiscard]] std::string_view lower() const { return lower_; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  // Of the first `bytes` bytes. REQUIRES: bytes <= beginnings().
  [[nodiscard]] std::uint64_t hash_of_beginning(std::size_t bytes) const { return hashes_[bytes]; }
  [[nodiscard]] std::size_t beginnings() const { return beginnings_; }
  // Of "s3:"; 0 when there is no colon among the beginnings.
  [[nodiscard]] std::size_t service_bytes() const { return service_bytes_; }

 private:
  std::array<char, kBeginningsMax> inline_;               // NOLINT: written before it is read.
  std::array<std::uint64_t, kBeginningsMax + 1> hashes_;  // NOLINT: the same.
  std::string spilled_;                                   // For actions longer than any of AWS's.
  std::string_view lower_;
  std::uint64_t hash_;
  std::size_t beginnings_;
  std::size_t service_bytes_ = 0;
};

class CompiledSet {
 public:
  explicit CompiledSet(std::vector<std::shared_ptr<const CompiledPolicy>> policies);
  CompiledSet(const CompiledSet&) = delete;
  CompiledSet& operator=(const CompiledSet&) = delete;

  // Calls `visit(ref)` with each statement of the effect whose action matches, until one call returns true. A statement
  // may come more than once, when several of its patterns match; the order is unspecified.
  template <class Visit>
  bool VisitUntil(policy::Effect effect, const ActionKey& action, Visit visit) const {
    const Index& index = effect == policy::Effect::kDeny ? denies_ : allows_;
    return index.VisitUntil(*this, action, visit);
  }

  [[nodiscard]] std::span<const std::shared_ptr<const CompiledPolicy>> policies() const { return policies_; }

 private:
  // A pattern stands under its text in front of the first wildcard, exact ones apart from the others; and for each
  // service it is known how long those texts are. A request therefore asks for its service, then for its whole action,
  // then for its beginnings of just those lengths.
  class Index {
   public:
    void Build(const std::vector<StatementRef>& statements, policy::Effect effect);

    template <class Visit>
    bool VisitUntil(const CompiledSet& set, const ActionKey& action, Visit& visit) const {
      if (VisitEntries(set, unserviced_, action, visit)) return true;
      if (const Service* service = FindService(action)) {
        if (service->exact && VisitBucket(set, ExactKey(action.hash()), action, visit)) return true;
        for (std::uint64_t bits = service->lengths; bits != 0; bits &= bits - 1) {
          const std::size_t length = action.service_bytes() + static_cast<std::size_t>(__builtin_ctzll(bits));
          if (length > action.beginnings()) break;
          if (VisitBucket(set, action.hash_of_beginning(length), action, visit)) return true;
        }
      }
      for (const std::uint32_t statement : negated_) {
        const StatementRef& ref = set.statements_[statement];
        if (ref.statement().MatchesAction(action.lower()) && visit(ref)) return true;
      }
      return false;
    }

   private:
    struct Entry {
      std::uint32_t statement;
      std::uint32_t pattern;
    };
    // Both tables: open addressing, a power of two, at most half full.
    struct Service {
      std::uint64_t key = 0;      // The hash of "s3:".
      std::uint64_t lengths = 0;  // Bit n: some pattern has n bytes between the colon and its first wildcard.
      bool exact = false;
      bool used = false;
    };
    struct Bucket {
      std::uint64_t key = 0;
      std::uint32_t begin = 0;
      std::uint32_t count = 0;  // 0: not used.
    };
    struct Keyed;

    static std::uint64_t ExactKey(std::uint64_t hash) { return ~hash; }
    static std::size_t Spread(std::uint64_t key, std::size_t slots) {
      return static_cast<std::size_t>((key ^ (key >> 32)) & (slots - 1));
    }

    void AddPattern(const ActionPattern& pattern, Entry entry, std::vector<Keyed>& services,
                    std::vector<Keyed>& buckets);
    void BuildServices(std::vector<Keyed>& keyed);
    void BuildBuckets(std::vector<Keyed>& keyed);

    [[nodiscard]] const Service* FindService(const ActionKey& action) const {
      if (services_.empty() || action.service_bytes() == 0) return nullptr;
      const std::uint64_t key = action.hash_of_beginning(action.service_bytes());
      for (std::size_t at = Spread(key, services_.size()); services_[at].used; at = (at + 1) & (services_.size() - 1)) {
        if (services_[at].key == key) return &services_[at];
      }
      return nullptr;
    }

    template <class Visit>
    bool VisitBucket(const CompiledSet& set, std::uint64_t key, const ActionKey& action, Visit& visit) const {
      for (std::size_t at = Spread(key, buckets_.size()); buckets_[at].count != 0;
           at = (at + 1) & (buckets_.size() - 1)) {
        const Bucket& bucket = buckets_[at];
        if (bucket.key != key) continue;
        return VisitEntries(set, std::span(entries_).subspan(bucket.begin, bucket.count), action, visit);
      }
      return false;
    }

    template <class Visit>
    static bool VisitEntries(const CompiledSet& set, std::span<const Entry> entries, const ActionKey& action,
                             Visit& visit) {
      for (const Entry& entry : entries) {
        const StatementRef& ref = set.statements_[entry.statement];
        // Compared as text too: hashes can be made to collide.
        if (ref.statement().actions()[entry.pattern].Matches(action.lower()) && visit(ref)) return true;
      }
      return false;
    }

    std::vector<Service> services_;
    std::vector<Bucket> buckets_;
    std::vector<Entry> entries_;
    std::vector<Entry> unserviced_;       // Patterns with a wildcard in the service, such as `*`.
    std::vector<std::uint32_t> negated_;  // NotAction statements match nearly everything: each is looked at.
  };

  std::vector<std::shared_ptr<const CompiledPolicy>> policies_;
  std::vector<StatementRef> statements_;
  Index denies_;
  Index allows_;
};

}  // namespace claviger::authz
