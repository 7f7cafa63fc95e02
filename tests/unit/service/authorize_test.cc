#include "service/authorize.h"

#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using gen::sts::api::GetCallerIdentity;

constexpr std::string_view kBob = "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: ";

std::string NoIdentityPolicy(const std::string& action) {
  return " because no identity-based policy allows the " + action + " action";
}

class AuthorizeTest : public ::testing::Test {
 protected:
  Service service;
  Credentials bob = service.AddUser("bob");
};

TEST_F(AuthorizeTest, DeniesWhateverNoPolicyAllows) {
  EXPECT_THAT(service.As(bob).Call<GetUser>({}),
              FailsSaying(ErrorCode::kAccessDenied,
                          std::string(kBob) + "iam:GetUser on resource: user bob" + NoIdentityPolicy("iam:GetUser")));
}

TEST_F(AuthorizeTest, AllowsWhatAPolicyAllows) {
  service.Allow("bob", "iam:GetUser");
  EXPECT_THAT(service.As(bob).Call<GetUser>({}), Succeeds());
}

}  // namespace
}  // namespace claviger::service
