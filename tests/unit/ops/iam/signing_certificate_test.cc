#include "ops/iam/signing_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/iam/user.h"
#include "suites/certificates.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using testing::SizeIs;

class SigningCertificateTest : public testing::Test {
 protected:
  SigningCertificateTest() {
    for (const char* name : {"bob", "eve"}) {
      EXPECT_THAT(service.Call<api::CreateUser>({.user_name = name}), Succeeds());
    }
  }
  auto Upload(const std::string& body, const std::string& user = "bob") {
    return service.Call<api::UploadSigningCertificate>({.user_name = user, .certificate_body = body});
  }
  auto Update(const std::string& id, const std::string& status, const std::string& user = "bob") {
    return service.Call<api::UpdateSigningCertificate>({.user_name = user, .certificate_id = id, .status = status});
  }
  std::vector<gen::iam::SigningCertificate> List(const std::string& user = "bob") {
    return service.Call<api::ListSigningCertificates>({.user_name = user})->certificates;
  }

  Service service{RegisterSigningCertificateOperations, RegisterUserOperations};
};

using UploadSigningCertificate = SigningCertificateTest;
using UpdateSigningCertificate = SigningCertificateTest;
using ListSigningCertificates = SigningCertificateTest;
using DeleteSigningCertificate = SigningCertificateTest;

TEST_F(UploadSigningCertificate, NamesTheCertificateByItsBytes) {
  const auto made = Upload(Pem("leaf.pem"));
  ASSERT_THAT(made, Succeeds());
  // openssl x509 -in leaf.pem -outform der | openssl sha1 -binary | base32
  EXPECT_EQ(made->certificate.certificate_id, "UZC5RXU2DAWYUHGGR6C4ZFE2PEUNQVL6");
  EXPECT_EQ(made->certificate.certificate_body, Pem("leaf.pem"));
  EXPECT_EQ(made->certificate.status, "Active");
  EXPECT_EQ(made->certificate.upload_date, kNow);
  EXPECT_EQ(made->certificate.user_name, "bob");
  EXPECT_EQ(List(), std::vector{made->certificate});
}

TEST_F(UploadSigningCertificate, RefusesWhatIsMalformedOrNotValidNow) {
  for (const std::string& body : {std::string("not a certificate"), Pem("expired.pem"), Pem("future.pem"),
                                  Pem("leaf.pem") + Pem("inter.pem"), Pem("leaf.key")}) {
    EXPECT_THAT(Upload(body), FailsWith(ErrorCode::kMalformedCertificate, "Certificate " + body + " is malformed."));
  }
}

TEST_F(UploadSigningCertificate, TakesTheSameOneTwiceFromItsOwnerOnly) {
  const auto made = Upload(Pem("leaf.pem"));
  ASSERT_THAT(Update(made->certificate.certificate_id, "Inactive"), Succeeds());
  service.now += std::chrono::hours(1);
  const auto again = Upload(Pem("leaf.pem"));
  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again->certificate, made->certificate);  // With the first date, and Active in the answer.
  EXPECT_EQ(List().at(0).status, "Inactive");        // But not in truth.
  EXPECT_THAT(Upload(Pem("leaf.pem"), "eve"),
              FailsWith(ErrorCode::kDuplicateCertificate, "Duplicate certificate uploaded."));
}

TEST_F(UploadSigningCertificate, StopsAtTwo) {
  ASSERT_THAT(Upload(Pem("leaf.pem")), Succeeds());
  ASSERT_THAT(Upload(Pem("small.pem")), Succeeds());
  EXPECT_THAT(Upload(Pem("root.pem")),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for CertificatesPerUser: 2"));
  EXPECT_THAT(Upload(Pem("leaf.pem")), Succeeds());
  EXPECT_THAT(Upload(Pem("leaf.pem"), "none"),
              FailsWith(ErrorCode::kNoSuchEntity, "The user with name none cannot be found."));
}

TEST_F(UploadSigningCertificate, IsForRootWhenRootNamesNobody) {
  const auto made = service.Call<api::UploadSigningCertificate>({.certificate_body = Pem("leaf.pem")});
  ASSERT_THAT(made, Succeeds());
  EXPECT_FALSE(made->certificate.user_name);
  EXPECT_THAT(service.Call<api::ListSigningCertificates>()->certificates, SizeIs(1));
  EXPECT_THAT(List(), SizeIs(0));
}

TEST_F(UpdateSigningCertificate, SetsTheStatusOfTheOwnersOnly) {
  const std::string id = Upload(Pem("leaf.pem"))->certificate.certificate_id;
  ASSERT_THAT(Update(id, "Inactive"), Succeeds());
  EXPECT_EQ(List().at(0).status, "Inactive");
  ASSERT_THAT(Update(id, "Active"), Succeeds());
  EXPECT_EQ(List().at(0).status, "Active");
  EXPECT_THAT(Update(id, "Expired"), FailsWith(ErrorCode::kInvalidInput, "Operation does not support status Expired"));
  EXPECT_THAT(Update(id, "Active", "eve"),
              FailsWith(ErrorCode::kNoSuchEntity, "The Certificate with id " + id + " cannot be found."));
}

TEST_F(ListSigningCertificates, Pages) {
  ASSERT_THAT(Upload(Pem("leaf.pem")), Succeeds());
  ASSERT_THAT(Upload(Pem("root.pem")), Succeeds());
  const auto first = service.Call<api::ListSigningCertificates>({.user_name = "bob", .marker = {}, .max_items = 1});
  ASSERT_THAT(first->certificates, SizeIs(1));
  EXPECT_EQ(first->is_truncated, true);
  const auto second = service.Call<api::ListSigningCertificates>({.user_name = "bob", .marker = first->marker});
  ASSERT_THAT(second->certificates, SizeIs(1));
  EXPECT_EQ(second->is_truncated, false);
  EXPECT_NE(first->certificates[0].certificate_id, second->certificates[0].certificate_id);
}

TEST_F(DeleteSigningCertificate, ForgetsItForEveryUser) {
  const std::string id = Upload(Pem("leaf.pem"))->certificate.certificate_id;
  const auto remove = [&](const std::string& user) {
    return service.Call<api::DeleteSigningCertificate>({.user_name = user, .certificate_id = id});
  };
  const auto missing = FailsWith(ErrorCode::kNoSuchEntity, "The Certificate with id " + id + " cannot be found.");
  EXPECT_THAT(remove("eve"), missing);
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "bob"}),
              FailsWith(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete certificates first."));
  ASSERT_THAT(remove("bob"), Succeeds());
  EXPECT_THAT(remove("bob"), missing);
  EXPECT_THAT(Upload(Pem("leaf.pem"), "eve"), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "bob"}), Succeeds());
}

TEST_F(UpdateSigningCertificate, FollowsARenamedUser) {
  const std::string id = Upload(Pem("leaf.pem"))->certificate.certificate_id;
  ASSERT_THAT(service.Call<api::UpdateUser>({.user_name = "bob", .new_user_name = "bert"}), Succeeds());
  EXPECT_EQ(List("bert").at(0).user_name, "bert");
  EXPECT_THAT(Update(id, "Inactive", "bert"), Succeeds());
}

}  // namespace
}  // namespace claviger::ops::iam
