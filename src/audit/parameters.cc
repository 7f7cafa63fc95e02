#include "audit/parameters.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/time_text.h"
#include "codec/json_writer.h"

namespace claviger::audit {
namespace {

// Secrets that the model does not mark.
constexpr std::array<std::string_view, 3> kHidden = {"AuthenticationCode1", "AuthenticationCode2", "TokenCode"};

struct Identifier {
  std::string_view structure;  // Empty: any.
  std::string_view member;
  std::string_view type;
};

// Which members name a resource.
constexpr std::array kIdentifiers = std::to_array<Identifier>({
    {"", "AccessKeyId", "AWS::IAM::AccessKey"},
    {"", "AssumedRoleId", "AWS::STS::AssumedRole"},
    {"", "CertificateId", "AWS::IAM::SigningCertificate"},
    {"", "FederatedUserId", "AWS::STS::FederatedUser"},
    {"", "GroupName", "AWS::IAM::Group"},
    {"", "InstanceProfileName", "AWS::IAM::InstanceProfile"},
    {"", "NewGroupName", "AWS::IAM::Group"},
    {"", "NewUserName", "AWS::IAM::User"},
    {"", "OpenIDConnectProviderArn", "AWS::IAM::OIDCProvider"},
    {"", "PermissionsBoundary", "AWS::IAM::Policy"},
    {"", "PolicyArn", "AWS::IAM::Policy"},
    {"", "PolicyName", "AWS::IAM::Policy"},
    {"", "PrincipalArn", "AWS::IAM::SAMLProvider"},
    {"", "RoleArn", "AWS::IAM::Role"},
    {"", "RoleName", "AWS::IAM::Role"},
    {"", "RoleSessionName", "AWS::STS::AssumedRole"},
    {"", "SAMLProviderArn", "AWS::IAM::SAMLProvider"},
    {"", "SSHPublicKeyId", "AWS::IAM::SSHPublicKey"},
    {"", "SerialNumber", "AWS::IAM::MFADevice"},
    {"", "ServerCertificateName", "AWS::IAM::ServerCertificate"},
    {"", "ServiceSpecificCredentialId", "AWS::IAM::ServiceSpecificCredential"},
    {"", "UserName", "AWS::IAM::User"},
    {"", "VirtualMFADeviceName", "AWS::IAM::MFADevice"},
    {"AssumedRoleUser", "Arn", "AWS::STS::AssumedRole"},
    {"FederatedUser", "Arn", "AWS::STS::FederatedUser"},
    {"Group", "Arn", "AWS::IAM::Group"},
    {"Group", "GroupId", "AWS::IAM::Group"},
    {"InstanceProfile", "Arn", "AWS::IAM::InstanceProfile"},
    {"Policy", "Arn", "AWS::IAM::Policy"},
    {"Policy", "PolicyId", "AWS::IAM::Policy"},
    {"Role", "Arn", "AWS::IAM::Role"},
    {"Role", "RoleId", "AWS::IAM::Role"},
    {"User", "Arn", "AWS::IAM::User"},
    {"User", "UserId", "AWS::IAM::User"},
});

template <class T>
const T& As(const void* value) {
  return *static_cast<const T*>(value);
}

bool IsHidden(const Member& member) {
  return member.shape->sensitive || std::ranges::binary_search(kHidden, member.name);
}

class Writer {
 public:
  Writer(DateForm dates, std::string& out, std::vector<ResourceName>& resources)
      : dates_(dates), json_(out), resources_(resources) {}

  void Structure(const Shape& shape, const void* structure, std::string_view first = {}) {
    json_.BeginObject();
    if (!first.empty()) json_.Raw(first);
    for (const Member& member : shape.members) {
      const void* value = FindValue(structure, member);
      if (value == nullptr || IsHidden(member)) continue;
      Key(member.name);
      if (member.shape->kind == ShapeKind::kString) Note(shape, member, As<std::string>(value));
      Value(*member.shape, value);
    }
    json_.EndObject();
  }

 private:
  void Key(std::string_view name) {
    key_ = name;
    if (key_.front() >= 'A' && key_.front() <= 'Z') key_.front() = static_cast<char>(key_.front() + ('a' - 'A'));
    json_.Key(key_);
  }

  void Note(const Shape& shape, const Member& member, const std::string& text) {
    for (const Identifier& identifier : kIdentifiers) {
      if (identifier.member != member.name) continue;
      if (!identifier.structure.empty() && identifier.structure != shape.name) continue;
      return NoteResource(identifier.type, text, resources_);
    }
  }

  void Value(const Shape& shape, const void* value) {
    switch (shape.kind) {
      case ShapeKind::kString:
        return json_.String(As<std::string>(value));
      case ShapeKind::kInteger:
        return json_.Integer(As<std::int32_t>(value));
      case ShapeKind::kLong:
        return json_.Integer(As<std::int64_t>(value));
      case ShapeKind::kDouble:
        return Double(As<double>(value));
      case ShapeKind::kBoolean:
        return json_.Boolean(As<bool>(value));
      case ShapeKind::kTimestamp:
        return json_.String(dates_ == DateForm::kIso ? FormatIso8601(As<TimePoint>(value))
                                                     : FormatInWords(As<TimePoint>(value)));
      case ShapeKind::kBlob:
        return json_.String(Base64Encode(AsBytes(As<std::string>(value))));
      case ShapeKind::kList:
        json_.BeginArray();
        for (std::size_t index = 0; index < shape.list->size(value); ++index) {
          if (!shape.element->sensitive) Value(*shape.element, shape.list->at_const(value, index));
        }
        return json_.EndArray();
      case ShapeKind::kMap:
        return Map(shape, value);
      case ShapeKind::kStructure:
        return Structure(shape, value);
    }
  }

  void Double(double value) {
    std::array<char, 32> text;
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
    json_.Raw(std::string_view(text.data(), static_cast<std::size_t>(written.ptr - text.data())));
  }

  void Map(const Shape& shape, const void* map) {
    struct Context {
      Writer& writer;
      const Shape& shape;
    } context{*this, shape};
    json_.BeginObject();
    shape.map->visit(map, &context, [](void* opaque, const std::string& key, const void* value) {
      const Context& to = *static_cast<Context*>(opaque);
      if (to.shape.element->sensitive) return;
      to.writer.json_.Key(key);
      to.writer.Value(*to.shape.element, value);
    });
    json_.EndObject();
  }

  DateForm dates_;
  codec::JsonWriter json_;
  std::vector<ResourceName>& resources_;
  std::string key_;
};

}  // namespace

void WriteParameters(const Shape& shape, const void* structure, DateForm dates, std::string& out,
                     std::vector<ResourceName>& resources, std::string_view first) {
  const std::size_t begin = out.size();
  Writer(dates, out, resources).Structure(shape, structure, first);
  const std::size_t size = out.size() - begin;
  if (size == 2) {  // "{}"
    out.replace(begin, size, "null");
  } else if (size > kParametersBytesMax) {
    out.resize(begin);
    codec::JsonWriter json(out);
    json.BeginObject();
    json.Key("omitted");
    json.Boolean(true);
    json.Key("originalSize");
    json.Integer(static_cast<std::int64_t>(size));
    json.EndObject();
  }
}

void NoteResource(std::string_view type, std::string_view name, std::vector<ResourceName>& resources) {
  ResourceName resource{.type = std::string(type), .name = std::string(name)};
  if (!name.empty() && std::ranges::find(resources, resource) == resources.end()) {
    resources.push_back(std::move(resource));
  }
}

std::string_view TextOf(const Shape& shape, const void* structure, std::string_view name) {
  if (structure == nullptr) return {};
  for (const Member& member : shape.members) {
    if (member.name != name || member.shape->kind != ShapeKind::kString) continue;
    const void* value = FindValue(structure, member);
    return value == nullptr ? std::string_view() : std::string_view(As<std::string>(value));
  }
  return {};
}

}  // namespace claviger::audit
