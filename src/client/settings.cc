#include "client/settings.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace claviger::client {
namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// All that both files say about the profile; the credentials file wins, as in the SDKs.
std::map<std::string, std::string> FindProfile(const std::string& name, const Environment& environment) {
  const std::string home = environment("HOME").value_or("");
  const std::string config = environment("AWS_CONFIG_FILE").value_or(home + "/.aws/config");
  const std::string credentials = environment("AWS_SHARED_CREDENTIALS_FILE").value_or(home + "/.aws/credentials");
  auto profile = ReadProfile(ReadText(credentials), name);
  profile.merge(ReadProfile(ReadText(config), name == "default" ? name : "profile " + name));
  return profile;
}

std::string FirstOf(std::initializer_list<std::optional<std::string>> texts) {
  for (const auto& text : texts) {
    if (text && !text->empty()) return *text;
  }
  return {};
}

}  // namespace

std::optional<std::string> ProcessEnvironment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes the environment.
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::map<std::string, std::string> ReadProfile(std::string_view text, std::string_view section) {
  std::map<std::string, std::string> settings;
  bool inside = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    const std::string_view words = Trimmed(line);
    if (words.empty() || words.front() == '#' || words.front() == ';') continue;
    if (words.front() == '[') {
      inside = words.back() == ']' && Trimmed(words.substr(1, words.size() - 2)) == section;
      continue;
    }
    const std::size_t equals = words.find('=');
    const bool nested = line.front() == ' ' || line.front() == '\t';
    if (!inside || nested || equals == words.npos) continue;
    settings.insert_or_assign(AsciiLower(Trimmed(words.substr(0, equals))),
                              std::string(Trimmed(words.substr(equals + 1))));
  }
  return settings;
}

ClientResult<Settings> Resolve(const Overrides& overrides, const Environment& environment) {
  const std::string name = FirstOf({overrides.profile, environment("AWS_PROFILE"), "default"});
  auto profile = FindProfile(name, environment);
  Settings settings;
  settings.endpoint_url = FirstOf({overrides.endpoint_url, environment("AWS_ENDPOINT_URL"), profile["endpoint_url"]});
  settings.region = FirstOf({overrides.region, environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"),
                             profile["region"], settings.region});
  settings.ca_bundle = FirstOf({environment("AWS_CA_BUNDLE"), profile["ca_bundle"]});

  std::string id = overrides.profile.empty() ? environment("AWS_ACCESS_KEY_ID").value_or("") : "";
  std::optional<std::string> secret = environment("AWS_SECRET_ACCESS_KEY");
  std::optional<std::string> token = environment("AWS_SESSION_TOKEN");
  if (id.empty()) {
    id = profile["aws_access_key_id"];
    secret = profile["aws_secret_access_key"];
    token = profile["aws_session_token"];
  }
  if (id.empty() || !secret || secret->empty()) {
    return Failure<ClientError>{
        "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a "
        "profile that has them with --profile"};
  }
  if (token && token->empty()) token.reset();
  settings.credentials = {.access_key_id = std::move(id),
                          .secret_access_key = crypto::Secret(*std::move(secret)),
                          .session_token = std::move(token)};

  if (settings.endpoint_url.empty()) {
    return Failure<ClientError>{"no server is named: give --endpoint-url, or set AWS_ENDPOINT_URL"};
  }
  if (!settings.endpoint_url.starts_with("http://") && !settings.endpoint_url.starts_with("https://")) {
    return Failure<ClientError>{"`" + settings.endpoint_url + "` is no endpoint: it begins with http:// or https://"};
  }
  while (settings.endpoint_url.ends_with('/')) settings.endpoint_url.pop_back();
  return settings;
}

}  // namespace claviger::client
