// EC2's instance metadata service, as far as SDKs need it to have a role's credentials and to know where they run.
// Version 2 only (IMDSv2): who shows no token of a session is refused. Not thread-safe; reads clock and randomness
// only. Follows "Use IMDSv2" and "Retrieve instance metadata" in the EC2 User Guide.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "client/temporary.h"
#include "crypto/sha256.h"
#include "http/message.h"

namespace claviger::cli {

struct InstanceProfile {
  std::string arn;
  std::string id;
};

// What there is to tell.
struct Instance {
  std::string account;
  std::string role;  // Its name.
  std::string region;
  std::string architecture;  // "x86_64", "arm64".
  std::function<client::CallResult<const client::TemporaryCredentials*>()> credentials;
  std::function<std::optional<InstanceProfile>()> profile;
};

// The name and account of the role with this ARN; nullopt when it is no role's.
struct RoleName {
  std::string account;
  std::string name;
};
std::optional<RoleName> ParseRoleArn(std::string_view arn);

class InstanceMetadata {
 public:
  // `clock` must outlive this.
  InstanceMetadata(Instance instance, const Clock& clock, Random& random);

  // PUT /latest/api/token begins a session, GET and HEAD read; 404 for what is not here. Requests for another host than
  // this machine are refused: a page in a browser gets here by a name of its own.
  void Respond(const http::Request& request, http::Response& response) const;

 private:
  using Tell = void (InstanceMetadata::*)(http::Response& response) const;
  struct Item {
    std::string path;  // Below /latest/.
    Tell tell;
  };

  void BeginSession(std::string_view path, const http::Request& request, http::Response& response) const;
  void Read(std::string_view path, http::Response& response) const;
  [[nodiscard]] std::string TokenUntil(std::string_view end) const;
  [[nodiscard]] bool InSession(const http::Request& request) const;

  void TellCredentials(http::Response& response) const;
  void TellProfile(http::Response& response) const;
  void TellIdentity(http::Response& response) const;
  void TellRegion(http::Response& response) const;
  void TellZone(http::Response& response) const;

  Instance instance_;
  const Clock& clock_;
  crypto::HmacKey key_;
  std::vector<Item> items_;  // In the order of their paths.
};

}  // namespace claviger::cli
