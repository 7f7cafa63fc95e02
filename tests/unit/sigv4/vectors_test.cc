// The project's own signing cases: tests/vectors/sigv4, a folder a case.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/time_text.h"
#include "sigv4/canonical.h"
#include "sigv4/verify.h"
#include "suites/source_folder.h"
#include "unit/sigv4/request_text.h"

namespace claviger::sigv4 {
namespace {

std::string VectorsFolder() { return std::string(kSourceFolder) + "/tests/vectors/sigv4"; }

std::vector<std::string> CaseNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(VectorsFolder())) {
    if (entry.is_directory()) names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

// "name=value" lines.
std::map<std::string, std::string> ReadContext(const std::string& text) {
  std::map<std::string, std::string> context;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    context[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return context;
}

std::vector<std::string_view> SplitAtCommas(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    pieces.push_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return pieces;
}

class Vectors : public testing::TestWithParam<std::string> {
 protected:
  static std::optional<std::string> Find(const std::string& file) {
    return FindFile(VectorsFolder() + "/" + GetParam() + "/" + file);
  }
};

// The stages as a caller runs them, with the texts of each compared on the way.
Result<> RunStages(const http::Request& request, const std::map<std::string, std::string>& context,
                   const std::optional<std::string>& canonical, const std::optional<std::string>& string_to_sign,
                   const std::optional<std::string>& signature) {
  const Authorization authorization = TRY(Parse(request));
  TRY(CheckHostSigned(authorization));
  const SigningKey key = DeriveSigningKey(crypto::Secret(context.at("secret_access_key")), authorization.date,
                                          authorization.region, authorization.service);
  if (canonical) {
    EXPECT_EQ(CanonicalRequest(request, authorization.signed_headers, authorization.form), *canonical);
    const crypto::Digest hash = HashCanonicalRequest(request, authorization.signed_headers, authorization.form);
    EXPECT_EQ(HexEncode(hash), HexEncode(crypto::Sha256Of(*canonical)));
    EXPECT_EQ(StringToSign(authorization.TimestampText(), authorization.scope, hash), *string_to_sign);
    EXPECT_EQ(HexEncode(key.Sign(*string_to_sign)), *signature);
  }
  const std::vector<std::string_view> services = SplitAtCommas(context.at("services"));
  const std::vector<std::string_view> regions = SplitAtCommas(context.at("regions"));
  const auto now = ParseIso8601Basic(context.at("now"));
  EXPECT_TRUE(now.has_value());
  return Verify(request, authorization, key, {.now = *now, .services = services, .regions = regions});
}

TEST_P(Vectors, Match) {
  const RequestText request(Find("request.txt").value());
  const auto context = ReadContext(Find("context.txt").value());
  const Result<> outcome = RunStages(request.Get(), context, Find("canonical-request.txt"), Find("string-to-sign.txt"),
                                     Find("signature.txt"));
  if (context.at("outcome") == "accepted") {
    EXPECT_TRUE(outcome.ok()) << outcome.error().message;
  } else {
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(WireCode(outcome.error().code), context.at("outcome"));
    EXPECT_EQ(outcome.error().message, Find("error.txt").value());
  }
}

INSTANTIATE_TEST_SUITE_P(Sigv4, Vectors, testing::ValuesIn(CaseNames()), [](const auto& instance) {
  std::string name = instance.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace claviger::sigv4
