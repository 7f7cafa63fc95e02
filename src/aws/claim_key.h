// A claim of a web identity token that has a condition key of its own, for issuers of one kind. Constant data.
#pragma once

#include <string_view>

namespace claviger {

struct ClaimKey {
  // The issuer without `https://`: this text; or when it varies, text between the front and the back.
  std::string_view issuer_front;
  std::string_view claim;  // "a/b" is also b within a.
  bool issuer_varies = false;
  std::string_view issuer_back = {};
  bool stays = false;  // The key is there in later requests of the session, too.
};

}  // namespace claviger
