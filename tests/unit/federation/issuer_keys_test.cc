#include "federation/issuer_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace claviger::federation {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;

constexpr TimePoint kNow{seconds(1769860800)};
constexpr char kDiscovery[] = R"({"issuer":"https://issuer.example","jwks_uri":"https://keys.example/k"})";

// A set with one Ed25519 key of this id.
std::string SetWith(const std::string& key_id) {
  return R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw","kid":")" + key_id +
         R"("}]})";
}

class IssuerKeysTest : public testing::Test {
 protected:
  Expected<std::string, FetchProblem> Answer(const std::string& url, const std::vector<std::string>& thumbprints) {
    asked.push_back(url);
    asked_with = thumbprints;
    if (problem) return Failure{*problem};
    return url.ends_with("/.well-known/openid-configuration") ? discovery : set;
  }
  IssuerKeys::Sources Network() {
    return {.fetch = [this](const std::string& url, const std::vector<std::string>& thumbprints, std::size_t) {
      return Answer(url, thumbprints);
    }};
  }
  // The same, and servers that show two certificates.
  IssuerKeys::Sources NetworkWithCertificates() {
    IssuerKeys::Sources sources = Network();
    sources.certificates = [this](const std::string& url) -> Expected<std::vector<std::string>, FetchProblem> {
      asked.push_back("certificates of " + url);
      if (chain.empty()) return Failure{FetchProblem::kUnreachable};
      return chain;
    };
    return sources;
  }
  std::string ErrorOf(const Result<WebKeysPointer>& result) { return result.ok() ? "" : result.error().message; }

  std::vector<std::string> asked;
  std::vector<std::string> asked_with;
  std::optional<FetchProblem> problem;
  std::string discovery = kDiscovery;
  std::string set = SetWith("a");
  std::vector<std::string> chain = {"leaf", "abc"};
  IssuerKeys keys{Network()};
  Issuer issuer{.url = "https://issuer.example", .thumbprints = {"t"}};
};

TEST_F(IssuerKeysTest, AreFetchedOnceAndKept) {
  EXPECT_FALSE(keys.Find(issuer, "a", kNow));
  ASSERT_TRUE(keys.Get(issuer, "a", kNow).ok());
  EXPECT_THAT(asked, ElementsAre("https://issuer.example/.well-known/openid-configuration", "https://keys.example/k"));
  EXPECT_THAT(asked_with, ElementsAre("t"));
  ASSERT_TRUE(keys.Find(issuer, "a", kNow + hours(1) - seconds(1)));
  ASSERT_TRUE(keys.Get(issuer, "a", kNow + seconds(59)).ok());
  EXPECT_EQ(asked.size(), 2U);
  EXPECT_FALSE(keys.Find(issuer, "a", kNow + hours(1)));
}

TEST_F(IssuerKeysTest, AreAskedForAgainForANewKeyButNotTooOften) {
  ASSERT_TRUE(keys.Get(issuer, "a", kNow).ok());
  set = SetWith("b");
  const auto too_early = keys.Get(issuer, "b", kNow + seconds(14));
  ASSERT_TRUE(too_early.ok());
  EXPECT_FALSE((*too_early)->Has("b"));
  const auto renewed = keys.Get(issuer, "b", kNow + seconds(15));
  ASSERT_TRUE(renewed.ok());
  EXPECT_TRUE((*renewed)->Has("b"));
  EXPECT_EQ(asked.size(), 4U);
  ASSERT_TRUE(keys.Get(issuer, "nobody's", kNow + seconds(16)).ok());
  EXPECT_EQ(asked.size(), 4U);
}

TEST_F(IssuerKeysTest, RememberAFailureForAMoment) {
  problem = FetchProblem::kUnreachable;
  EXPECT_EQ(keys.Get(issuer, "a", kNow).error().code, ErrorCode::kIDPCommunicationError);
  problem.reset();
  EXPECT_EQ(keys.Get(issuer, "a", kNow + seconds(14)).error().code, ErrorCode::kIDPCommunicationError);
  EXPECT_EQ(asked.size(), 1U);
  EXPECT_TRUE(keys.Get(issuer, "a", kNow + seconds(15)).ok());
}

TEST_F(IssuerKeysTest, GoOnCountingForADayWhileTheIssuerCannotBeReached) {
  ASSERT_TRUE(keys.Get(issuer, "a", kNow).ok());
  problem = FetchProblem::kUnreachable;
  EXPECT_TRUE(keys.Get(issuer, "a", kNow + hours(2)).ok());
  EXPECT_TRUE(keys.Get(issuer, "a", kNow + hours(24) - seconds(1)).ok());
  EXPECT_FALSE(keys.Get(issuer, "a", kNow + hours(25)).ok());
}

TEST_F(IssuerKeysTest, OfOtherThumbprintsAreFetchedByThem) {
  ASSERT_TRUE(keys.Get(issuer, "a", kNow).ok());
  issuer.thumbprints = {"u"};
  EXPECT_FALSE(keys.Find(issuer, "a", kNow));
  problem = FetchProblem::kUntrusted;
  EXPECT_EQ(ErrorOf(keys.Get(issuer, "a", kNow)),
            "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint");
}

TEST_F(IssuerKeysTest, AreNotTakenFromWhatIsNoKeySet) {
  constexpr char kText[] =
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity "
      "documentation for requirements";
  discovery = R"({"issuer":"https://other.example","jwks_uri":"https://keys.example/k"})";
  EXPECT_EQ(ErrorOf(keys.Get(issuer, "a", kNow)), kText);
  discovery = kDiscovery;
  set = "<html>";
  EXPECT_EQ(ErrorOf(keys.Get(issuer, "a", kNow + seconds(20))), kText);
  problem = FetchProblem::kUnusable;
  EXPECT_EQ(ErrorOf(keys.Get(issuer, "a", kNow + seconds(40))), kText);
}

TEST_F(IssuerKeysTest, ComeFromTheAdministratorsFileWhereThereIsOne) {
  IssuerKeys::Sources sources = Network();
  sources.files = {{"https://issuer.example", "keys.json"}};
  std::optional<std::string> content = SetWith("filed");
  sources.read_file = [&](const std::string& path) { return path == "keys.json" ? content : std::nullopt; };
  IssuerKeys filed(std::move(sources));
  const auto got = filed.Get(issuer, "filed", kNow);
  ASSERT_TRUE(got.ok());
  EXPECT_TRUE((*got)->Has("filed"));
  content.reset();
  EXPECT_FALSE(filed.Get(issuer, "filed", kNow + hours(25)).ok());
  EXPECT_TRUE(asked.empty());
}

// SHA-1 of "abc", as FIPS 180 has it.
constexpr char kThumbprint[] = "a9993e364706816aba3e25717850c26c9cd0d89d";

TEST_F(IssuerKeysTest, ThumbprintIsThatOfTheTopOfWhatTheServerOfTheKeysShows) {
  const auto thumbprint = IssuerKeys(NetworkWithCertificates()).GetThumbprint("https://issuer.example");
  ASSERT_TRUE(thumbprint.ok()) << thumbprint.error().message;
  EXPECT_EQ(*thumbprint, kThumbprint);
  EXPECT_THAT(asked, ElementsAre("https://issuer.example/.well-known/openid-configuration",
                                 "certificates of https://keys.example/k"));
}

TEST_F(IssuerKeysTest, ThumbprintOfAnIssuerThatNobodyTrustsIsBelievedOnFirstUse) {
  IssuerKeys::Sources sources = NetworkWithCertificates();
  sources.fetch = [this](const std::string& url, const std::vector<std::string>& thumbprints,
                         std::size_t) -> Expected<std::string, FetchProblem> {
    if (thumbprints.empty()) return Failure{FetchProblem::kUntrusted};
    return Answer(url, thumbprints);
  };
  const auto thumbprint = IssuerKeys(std::move(sources)).GetThumbprint("https://issuer.example");
  ASSERT_TRUE(thumbprint.ok()) << thumbprint.error().message;
  EXPECT_EQ(*thumbprint, kThumbprint);
  EXPECT_THAT(asked_with, ElementsAre(kThumbprint));
}

TEST_F(IssuerKeysTest, ThumbprintNeedsAnIssuerThatAnswers) {
  const IssuerKeys of_network(NetworkWithCertificates());
  const auto fails = [&] {
    const auto thumbprint = of_network.GetThumbprint("https://issuer.example");
    return !thumbprint.ok() && thumbprint.error().code == ErrorCode::kOpenIdIdpCommunicationError &&
           thumbprint.error().message == "Could not connect to https://issuer.example";
  };
  for (const FetchProblem each : {FetchProblem::kUnreachable, FetchProblem::kUntrusted, FetchProblem::kUnusable}) {
    problem = each;
    EXPECT_TRUE(fails());
  }
  problem.reset();
  discovery = R"({"issuer":"https://another.example","jwks_uri":"https://keys.example/k"})";
  EXPECT_TRUE(fails());
  discovery = kDiscovery;
  chain.clear();
  EXPECT_TRUE(fails());
}

TEST_F(IssuerKeysTest, ThumbprintIsNotAskedForWhereTheAdministratorSaysSo) {
  EXPECT_EQ(*keys.GetThumbprint("https://issuer.example"), "");
  IssuerKeys::Sources sources = NetworkWithCertificates();
  sources.files = {{"https://issuer.example", "keys.json"}};
  EXPECT_EQ(*IssuerKeys(std::move(sources)).GetThumbprint("https://issuer.example"), "");
  EXPECT_TRUE(asked.empty());
}

}  // namespace
}  // namespace claviger::federation
