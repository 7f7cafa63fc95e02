// Where a client's credentials, region and endpoint come from: options, the environment, then the AWS profile files.
// Reads files; otherwise pure. The names are those that AWS's SDKs and CLI share.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sigv4/sign.h"

namespace claviger::client {

// Why a client cannot go on, in one sentence for whoever runs it.
using ClientError = std::string;
template <class T = void>
using ClientResult = Expected<T, ClientError>;

struct Settings {
  std::string endpoint_url;  // "http://127.0.0.1:8080", without a slash at the end.
  std::string region = "us-east-1";
  std::string ca_bundle;  // PEM; empty: what the system trusts.
  sigv4::Credentials credentials;
};

// What was given on the command line; empty texts were not.
struct Overrides {
  std::string endpoint_url;
  std::string region;
  std::string profile;
};

// A variable's value, or nullopt when it is not set. Empty ones count as not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;

// That of this process.
std::optional<std::string> ProcessEnvironment(const char* name);

// The settings of one profile in the text of a shared file, where its section is called `section`; names in lower case.
// Lines that belong to no setting, such as those nested below one, are passed over.
std::map<std::string, std::string> ReadProfile(std::string_view text, std::string_view section);

// Credentials are taken from AWS_ACCESS_KEY_ID and its companions unless a profile is named by option, and else from
// the profile in ~/.aws/credentials and ~/.aws/config (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE, AWS_PROFILE).
// Errors: no credentials; no endpoint; an endpoint that is neither http:// nor https://.
ClientResult<Settings> Resolve(const Overrides& overrides, const Environment& environment);

}  // namespace claviger::client
