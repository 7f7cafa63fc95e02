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

 private:
  std::array<char, kBeginningsMax> inline_;               // NOLINT: written before it is read.
  std::array<std::uint64_t, kBeginningsMax + 1> hashes_;  // NOLINT: the same.
  std::string spilled_;                                   // For actions longer than any of AWS's.
  std::string_view lower_;
  std::uint64_t hash_;
  std::size_t beginnings_;
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
  // Every pattern stands under its text in front of the first wildcard, exact ones apart from the others. A request
  // therefore asks once for its whole action, and once for each length of beginning that any pattern has.
  class Index {
   public:
    void Build(const std::vector<StatementRef>& statements, policy::Effect effect);

    template <class Visit>
    bool VisitUntil(const CompiledSet& set, const ActionKey& action, Visit& visit) const {
      if (empty_) return false;
      if (has_exact_ && VisitBucket(set, ExactKey(action.hash()), action, visit)) return true;
      for (std::size_t word = 0; word < lengths_.size(); ++word) {
        for (std::uint64_t bits = lengths_[word]; bits != 0; bits &= bits - 1) {
          const std::size_t length = word * 64 + static_cast<std::size_t>(__builtin_ctzll(bits));
          if (length > action.beginnings()) return VisitNegated(set, action, visit);
          if (VisitBucket(set, action.hash_of_beginning(length), action, visit)) return true;
        }
      }
      return VisitNegated(set, action, visit);
    }

   private:
    struct Slot {
      std::uint64_t key = 0;
      std::uint32_t begin = 0;
      std::uint32_t count = 0;  // 0: empty.
    };
    struct Entry {
      std::uint32_t statement;
      std::uint32_t pattern;
    };

    static std::uint64_t ExactKey(std::uint64_t hash) { return ~hash; }
    [[nodiscard]] std::size_t SlotOf(std::uint64_t key) const {
      return static_cast<std::size_t>((key ^ (key >> 32)) & (slots_.size() - 1));
    }

    template <class Visit>
    bool VisitBucket(const CompiledSet& set, std::uint64_t key, const ActionKey& action, Visit& visit) const {
      for (std::size_t at = SlotOf(key);; at = (at + 1) & (slots_.size() - 1)) {
        const Slot& slot = slots_[at];
        if (slot.count == 0) return false;
        if (slot.key != key) continue;
        for (std::uint32_t i = slot.begin; i < slot.begin + slot.count; ++i) {
          const StatementRef& ref = set.statements_[entries_[i].statement];
          // Compared as text too: hashes can be made to collide.
          if (!ref.statement().actions()[entries_[i].pattern].Matches(action.lower())) continue;
          if (visit(ref)) return true;
        }
        return false;
      }
    }

    template <class Visit>
    bool VisitNegated(const CompiledSet& set, const ActionKey& action, Visit& visit) const {
      for (const std::uint32_t statement : negated_) {
        const StatementRef& ref = set.statements_[statement];
        if (ref.statement().MatchesAction(action.lower()) && visit(ref)) return true;
      }
      return false;
    }

    std::vector<Slot> slots_;  // Open addressing; a power of two, at most half full.
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> negated_;      // NotAction statements match nearly everything: each is looked at.
    std::array<std::uint64_t, 3> lengths_{};  // Bit n: some pattern has n bytes in front of its first wildcard.
    bool has_exact_ = false;
    bool empty_ = true;
  };

  std::vector<std::shared_ptr<const CompiledPolicy>> policies_;
  std::vector<StatementRef> statements_;
  Index denies_;
  Index allows_;
};

}  // namespace claviger::authz
