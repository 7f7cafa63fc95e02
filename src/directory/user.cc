#include "directory/user.h"

#include "directory/action_use.h"
#include "directory/named_internal.h"

namespace claviger::directory {

template <>
struct Kind<User> {
  static constexpr std::string_view kFolder = "user";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned { kBoundary = kFirstOwn };

  static Counter Count(const Context& context) {
    return {.what = "users", .quota_name = "UsersPerAccount", .max = context.quotas.users_per_account};
  }
  static std::string Missing(std::string_view name) {
    return "The user with name " + std::string(name) + " cannot be found.";
  }
  static std::string Existing(std::string_view name) {
    return "User with name " + std::string(name) + " already exists.";
  }
  static void EncodeOwn(const User& user, codec::RecordWriter& writer) {
    writer.BytesUnlessEmpty(kBoundary, user.boundary);
  }
  static void DecodeOwn(const codec::RecordField& field, User& user) {
    if (field.number == kBoundary) user.boundary = field.Text();
  }
};

template class Named<User>;

Result<> Users::Remove(const User& user) {
  TRY(ActionUses(context_).Forget(user.id));
  return Named::Remove(user);
}

}  // namespace claviger::directory
