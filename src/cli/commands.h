// The command line: `claviger serve`, `claviger account ...`, `claviger policy ...`, `claviger explain`,
// `claviger operations`, `claviger completion`.
#pragma once

namespace claviger::cli {

// Runs the command that the arguments name. Returns the process's exit code: 0, 1 when the command failed, 2 when the
// arguments are wrong; 3 is a command's own.
int Run(int argc, char** argv);

}  // namespace claviger::cli
