// The certificates and keys of tests/vectors/certificates.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/encoding.h"
#include "crypto/certificate.h"
#include "suites/source_folder.h"

namespace claviger {

inline std::string Pem(const std::string& name) {
  std::ifstream file(std::string(kSourceFolder) + "/tests/vectors/certificates/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The bytes of the certificate in `name`, as SAML metadata has them.
inline std::string DerBase64(const std::string& name) {
  const auto certificates = crypto::Certificate::ParsePem(Pem(name));
  EXPECT_EQ(certificates.size(), 1U) << name;
  return certificates.empty() ? std::string() : Base64Encode(AsBytes(certificates[0].Der()));
}

}  // namespace claviger
