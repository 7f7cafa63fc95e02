// Hands a new access key to whoever will use it.
#pragma once

#include <string>

#include "client/settings.h"
#include "crypto/secret.h"

namespace claviger::cli {

struct NewKey {
  std::string user;
  std::string access_key_id;
  crypto::Secret secret_access_key;
};

// Whether `to` is "stdout", "file:PATH" or "command:COMMAND".
bool IsDestination(const std::string& to);

// - stdout: one line of JSON with AccessKeyId and SecretAccessKey.
// - file: in the form of ~/.aws/credentials, readable by its owner only; takes the place of an earlier file at once.
// - command: run by /bin/sh with the secret on its standard input, and CLAVIGER_USER_NAME and CLAVIGER_ACCESS_KEY_ID.
// Errors: the key has not arrived.
client::ClientResult<> HandOver(const std::string& to, const NewKey& key);

// Writes a file in the place of an earlier one, readable by its owner only; durable when it returns.
client::ClientResult<> ReplaceFile(const std::string& path, std::string_view text);

}  // namespace claviger::cli
