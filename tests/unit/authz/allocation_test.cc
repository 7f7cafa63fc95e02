// A decision without an explanation allocates nothing. This program counts: its operator new is replaced, for all
// tests.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "authz/evaluate.h"
#include "policy/parse.h"

namespace {
thread_local std::size_t allocations = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
}  // namespace

// NOLINTBEGIN(cppcoreguidelines-no-malloc,misc-new-delete-overloads): here memory comes from.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
// NOLINTEND(cppcoreguidelines-no-malloc,misc-new-delete-overloads)

namespace claviger::authz {
namespace {

std::unique_ptr<const CompiledSet> SetOf(const std::vector<std::string>& texts) {
  std::vector<std::shared_ptr<const CompiledPolicy>> policies;
  for (const std::string& text : texts) {
    const auto document = policy::Parse(text, policy::Kind::kAny);
    EXPECT_TRUE(document.ok()) << text;
    if (document.ok()) policies.push_back(Compile(*document, {.id = "p", .arn = ""}));
  }
  return std::make_unique<const CompiledSet>(std::move(policies));
}

// Every kind of pattern, operator and layer that requests usually meet.
class AllocationTest : public testing::Test {
 protected:
  AllocationTest() {
    request.principal = {.kind = CallerKind::kUser,
                         .account = "111122223333",
                         .arn = "arn:aws:iam::111122223333:user/ops/bob",
                         .unique_id = "AIDAEXAMPLE"};
    request.keys.Set("aws:username", "bob");
    request.keys.Set("aws:PrincipalTag/team", "red");
    request.keys.Set("aws:ResourceTag/team", "red");
    request.keys.Set("aws:SourceIp", "10.1.2.3");
    request.keys.Set("aws:SecureTransport", "true");
    request.keys.Set("aws:CurrentTime", "2026-01-31T12:00:00Z");
    request.keys.Set("aws:MultiFactorAuthAge", "60");
    request.keys.Set("aws:TagKeys", {"a", "b"});
    policies = {.identity = identity.get(), .boundary = boundary.get()};
  }

  // Decides once to warm up whatever there may be, and counts the second time.
  Verdict DecideWithoutAllocating(std::string_view action, std::string_view resource) {
    request.action = action;
    request.resource = resource;
    Verdict verdict = Evaluate(request, policies);
    const std::size_t before = allocations;
    verdict = Evaluate(request, policies);
    EXPECT_EQ(allocations - before, 0U) << action;
    return verdict;
  }

  std::unique_ptr<const CompiledSet> identity = SetOf(
      {R"({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::home/${aws:username}/*"},
        {"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {
          "StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"},
          "IpAddress": {"aws:SourceIp": ["192.168.0.0/16", "10.0.0.0/8"]}, "Bool": {"aws:SecureTransport": "true"},
          "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
          "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}, "Null": {"aws:TokenIssueTime": "true"},
          "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]},
          "StringNotLike": {"aws:username": "admin*"}}},
        {"Effect": "Deny", "NotAction": ["s3:*", "sqs:*", "ec2:*"], "Resource": "*"}]})",
       R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*:Describe*", "Resource": "*"}})"});
  std::unique_ptr<const CompiledSet> boundary =
      SetOf({R"({"Statement": {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret/*"}})"});
  std::unique_ptr<const CompiledSet> bucket = SetOf(
      {R"({"Statement": {"Effect": "Allow", "Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:user/ops/bob"]},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::home/*"}})"});
  RequestContext request;
  PolicySet policies;
};

TEST_F(AllocationTest, AllowedDecisionsAllocateNothing) {
  EXPECT_TRUE(DecideWithoutAllocating("s3:GetObject", "arn:aws:s3:::home/bob/letter").allowed());
  EXPECT_TRUE(DecideWithoutAllocating("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q").allowed());
  EXPECT_TRUE(DecideWithoutAllocating("ec2:DescribeInstances", "*").allowed());
}

TEST_F(AllocationTest, DeniedDecisionsAllocateNothing) {
  EXPECT_EQ(DecideWithoutAllocating("s3:GetObject", "arn:aws:s3:::home/eve/letter").decision, Decision::kImplicitDeny);
  EXPECT_EQ(DecideWithoutAllocating("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k").decision,
            Decision::kExplicitDeny);
}

TEST_F(AllocationTest, OtherLayersAllocateNothing) {
  policies.resource = bucket.get();
  EXPECT_TRUE(DecideWithoutAllocating("s3:PutObject", "arn:aws:s3:::home/bob/letter").allowed());
  policies.session = identity.get();
  const CompiledSet* const levels[] = {boundary.get()};
  policies.service_control = levels;
  policies.resource_control = levels;
  EXPECT_TRUE(DecideWithoutAllocating("s3:GetObject", "arn:aws:s3:::home/bob/letter").allowed());
}

// Else the others prove nothing.
TEST_F(AllocationTest, AllocationsAreCounted) {
  const std::size_t before = allocations;
  const std::string text(100, 'x');
  EXPECT_GT(allocations, before) << text;
}

}  // namespace
}  // namespace claviger::authz
