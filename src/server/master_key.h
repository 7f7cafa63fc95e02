// The master key, under which the installation's sealing keys are sealed: 32 bytes, written as 64 hex digits.
//
// Taken from, in this order: the environment variable CLAVIGER_MASTER_KEY, the output of a helper command, a file that
// the administrator names, or `master.key` in the data folder, which is made on first start, readable by its owner
// only. A lost one is never replaced: a new one could not open what the lost one sealed.
#pragma once

#include <filesystem>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace claviger::server {

// Why the program cannot start or go on, in words for the administrator.
using StartError = std::string;
template <class T = void>
using StartResult = Expected<T, StartError>;

struct MasterKeySource {
  std::filesystem::path data;  // Where `master.key` is kept.
  std::filesystem::path file;  // Empty: none was named.
  std::string command;         // Empty: none was named. Run by the shell.
  bool first_start = false;    // Nothing has been sealed yet: `master.key` may be made.
};

StartResult<crypto::Secret> LoadMasterKey(const MasterKeySource& source, Random& random);

}  // namespace claviger::server
