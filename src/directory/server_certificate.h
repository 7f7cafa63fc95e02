// Server certificates at rest. The small record is what lists need; certificate, chain and the sealed private key are
// kept apart. One attempt's view; not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "base/clock.h"
#include "crypto/secret.h"
#include "directory/named.h"

namespace claviger::directory {

struct ServerCertificate {
  std::string id;  // "ASCA..."
  std::string path;
  std::string name;
  TimePoint created;
  std::vector<Tag> tags;  // In the order given.
  TimePoint expires;
};

// All of it PEM.
struct ServerCertificateMaterial {
  std::string body;
  std::string chain;  // Empty: none.
  crypto::Secret private_key;
};

extern template class Named<ServerCertificate>;

class ServerCertificates : public Named<ServerCertificate> {
 public:
  using Named::Named;

  // EntityAlreadyExists; LimitExceeded.
  Result<> Insert(const ServerCertificate& certificate, const ServerCertificateMaterial& material);
  Result<ServerCertificateMaterial> GetMaterial(const ServerCertificate& certificate);
  // With its material.
  Result<> Remove(const ServerCertificate& certificate);
};

}  // namespace claviger::directory
