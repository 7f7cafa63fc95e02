// The program `claviger`: reads the command line and hands over to the command.
#include <cstdio>
#include <exception>

#include "cli/commands.h"

int main(int argc, char** argv) {
  try {
    return claviger::cli::Run(argc, argv);
  } catch (const std::exception& error) {
    static_cast<void>(std::fprintf(stderr, "claviger: %s\n", error.what()));
    return 1;
  }
}
