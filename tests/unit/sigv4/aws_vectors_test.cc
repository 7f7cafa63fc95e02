// The signing cases that AWS publishes with its own signers; not part of this repository. They are looked for in
// the folder that the environment variable, or else the CMake variable, CLAVIGER_SIGV4_VECTORS names.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/time_text.h"
#include "sigv4/canonical.h"
#include "sigv4/sign.h"
#include "sigv4/verify.h"
#include "unit/sigv4/request_text.h"

namespace claviger::sigv4 {
namespace {

namespace fs = std::filesystem;

fs::path VectorsFolder() {
  const char* const named = std::getenv("CLAVIGER_SIGV4_VECTORS");  // NOLINT(concurrency-mt-unsafe): one thread.
  return fs::path(named != nullptr ? named : CLAVIGER_SIGV4_VECTORS) / "v4";
}

// The text or word behind "name": in a context.json, which is flat but for one level; empty when absent.
std::string Member(const std::string& json, const std::string& name) {
  const std::size_t found = json.find('"' + name + "\":");
  if (found == std::string::npos) return {};
  const std::size_t begin = json.find_first_not_of(' ', found + name.size() + 3);
  if (json[begin] == '"') return json.substr(begin + 1, json.find('"', begin + 1) - begin - 1);
  return json.substr(begin, json.find_first_of(",\n}", begin) - begin);
}

struct Case {
  explicit Case(const fs::path& folder) : folder_(folder), context_(Read("context.json")) {
    credentials = {.access_key_id = Text("access_key_id"),
                   .secret_access_key = crypto::Secret(Text("secret_access_key")),
                   .session_token = {}};
    if (!Text("token").empty()) credentials.session_token = Text("token");
    region = Text("region");
    service = Text("service");
    time = ParseIso8601(Text("timestamp")).value();
    options.normalize_path = Text("normalize") == "true";
    omit_session_token = Text("omit_session_token") == "true";
  }

  [[nodiscard]] std::string Read(const std::string& file) const { return FindFile(folder_ / file).value_or(""); }
  [[nodiscard]] std::string Text(const std::string& name) const { return Member(context_, name); }

  Credentials credentials;
  std::string region;
  std::string service;
  TimePoint time;
  CanonicalOptions options;
  bool omit_session_token = false;

 private:
  fs::path folder_;
  std::string context_;
};

class AwsVectors : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(VectorsFolder())) {
      GTEST_SKIP() << "the published vectors are not here: " << VectorsFolder()
                   << "; name their folder in CLAVIGER_SIGV4_VECTORS";
    }
  }

  static std::vector<fs::path> Folders() {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(VectorsFolder())) folders.push_back(entry.path());
    std::ranges::sort(folders);
    return folders;
  }
};

// IAM and STS normalise paths and want the session token signed; cases of services that do not can be rebuilt, but not
// accepted.
bool FitsOurVerifier(const Case& c, const http::Request& request, Form form) {
  if (form == Form::kQuery && c.omit_session_token) return false;
  return c.options.normalize_path ||
         CanonicalRequest(request, "host", form) == CanonicalRequest(request, "host", form, {.normalize_path = false});
}

// Rebuilds each stage of a signed request, and verifies it. Says whether it could be verified.
bool ExpectStages(const Case& c, const std::string& prefix, Form form) {
  const RequestText text(c.Read(prefix + "-signed-request.txt"));
  const http::Request& request = text.Get();
  const auto authorization = Parse(request);
  EXPECT_TRUE(authorization.ok()) << authorization.error().message;
  if (!authorization.ok()) return false;
  EXPECT_EQ(authorization->form, form);
  EXPECT_EQ(authorization->access_key_id, c.credentials.access_key_id);
  EXPECT_EQ(authorization->session_token, c.credentials.session_token);

  CanonicalOptions options = c.options;
  options.omit_session_token = form == Form::kQuery && c.omit_session_token;
  const std::string canonical = CanonicalRequest(request, authorization->signed_headers, form, options);
  EXPECT_EQ(canonical, c.Read(prefix + "-canonical-request.txt"));
  const crypto::Digest hash = HashCanonicalRequest(request, authorization->signed_headers, form, options);
  const std::string string_to_sign = StringToSign(authorization->TimestampText(), authorization->scope, hash);
  EXPECT_EQ(string_to_sign, c.Read(prefix + "-string-to-sign.txt"));
  const SigningKey key = DeriveSigningKey(c.credentials.secret_access_key, authorization->date, c.region, c.service);
  EXPECT_EQ(HexEncode(key.Sign(string_to_sign)), c.Read(prefix + "-signature.txt"));
  EXPECT_EQ(authorization->signature, c.Read(prefix + "-signature.txt"));

  const std::string_view services[] = {c.service};
  const Result<> verified = Verify(request, *authorization, key, {.now = c.time, .services = services});
  EXPECT_EQ(verified.ok(), FitsOurVerifier(c, request, form));
  return verified.ok();
}

TEST_F(AwsVectors, HeaderFormIsRebuiltAndAccepted) {
  int accepted = 0;
  for (const fs::path& folder : Folders()) {
    SCOPED_TRACE(folder.filename().string());
    accepted += static_cast<int>(ExpectStages(Case(folder), "header", Form::kHeader));
  }
  EXPECT_GE(accepted, 32);
}

TEST_F(AwsVectors, QueryFormIsRebuiltAndAccepted) {
  int accepted = 0;
  for (const fs::path& folder : Folders()) {
    SCOPED_TRACE(folder.filename().string());
    accepted += static_cast<int>(ExpectStages(Case(folder), "query", Form::kQuery));
  }
  EXPECT_GE(accepted, 31);
}

// Signing the plain request gives the published signature, for those that our signer is made for.
TEST_F(AwsVectors, SignReproducesThem) {
  for (const fs::path& folder : Folders()) {
    SCOPED_TRACE(folder.filename().string());
    const Case c(folder);
    RequestText text(c.Read("request.txt"));
    http::Request& request = text.Edit();
    if (c.omit_session_token || !FitsOurVerifier(c, request, Form::kHeader)) continue;
    const SignOptions options{.region = c.region, .service = c.service, .time = c.time};
    const std::string query =
        PresignQuery(request, c.credentials, options, std::chrono::seconds(std::stoi(c.Text("expiration_in_seconds"))));
    const std::string url = (request.path == "/" ? "/" : std::string(request.path)) + "?" + query;
    EXPECT_NE(c.Read("query-signed-request.txt").find(" " + url + " HTTP/1.1\n"), std::string::npos) << url;

    const std::string body_hash = HexEncode(crypto::Sha256Of(request.body));
    if (c.Text("sign_body") == "true") request.headers.push_back({"x-amz-content-sha256", body_hash});
    const auto added = SignHeaders(request, c.credentials, options);
    EXPECT_NE(c.Read("header-signed-request.txt").find("Authorization:" + added.back().second + "\n"),
              std::string::npos)
        << added.back().second;
  }
}

}  // namespace
}  // namespace claviger::sigv4
