#include "federation/xml_signature.h"

#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlenc.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/error_queue.h"

namespace claviger::federation {
namespace {

struct XmlSecDeleter {
  void operator()(xmlSecDSigCtx* context) const { xmlSecDSigCtxDestroy(context); }
  void operator()(xmlSecEncCtx* context) const { xmlSecEncCtxDestroy(context); }
  void operator()(xmlSecKeysMngr* manager) const { xmlSecKeysMngrDestroy(manager); }
  void operator()(xmlSecKey* key) const { xmlSecKeyDestroy(key); }
};
template <class T>
using Owned = std::unique_ptr<T, XmlSecDeleter>;

// Once for the program; whether it worked.
bool IsReady() {
  static const bool ready = [] {
    if (xmlSecInit() < 0 || xmlSecCryptoInit() < 0) return false;
    xmlSecErrorsSetCallback([](const char*, int, const char*, const char*, const char*, int, const char*) {});
    return true;
  }();
  return ready;
}

const xmlSecByte* Bytes(std::string_view text) { return reinterpret_cast<const xmlSecByte*>(text.data()); }

// What a signature may be made with: no SHA-1, which can be made to collide, and no shared secrets.
bool AllowSignatureMethods(xmlSecDSigCtx* context) {
  const std::array methods = {xmlSecTransformExclC14NId,    xmlSecTransformExclC14NWithCommentsId,
                              xmlSecTransformInclC14NId,    xmlSecTransformRsaSha256Id,
                              xmlSecTransformRsaSha384Id,   xmlSecTransformRsaSha512Id,
                              xmlSecTransformEcdsaSha256Id, xmlSecTransformEcdsaSha384Id,
                              xmlSecTransformEcdsaSha512Id};
  for (const auto& method : methods) {
    if (xmlSecDSigCtxEnableSignatureTransform(context, method) < 0) return false;
  }
  return true;
}

bool AllowTransforms(xmlSecDSigCtx* context) {
  const std::array transforms = {
      xmlSecTransformEnvelopedId, xmlSecTransformExclC14NId, xmlSecTransformExclC14NWithCommentsId,
      xmlSecTransformInclC14NId,  xmlSecTransformSha256Id,   xmlSecTransformSha384Id,
      xmlSecTransformSha512Id};
  for (const auto& transform : transforms) {
    if (xmlSecDSigCtxEnableReferenceTransform(context, transform) < 0) return false;
  }
  return true;
}

// Whether it refers to exactly this element, and to it alone.
bool RefersTo(const xmlNode* signature, const std::string& id) {
  const xmlNode* info = OnlyChild(signature, kSignatureSpace, "SignedInfo");
  const xmlNode* reference = OnlyChild(info, kSignatureSpace, "Reference");
  return !id.empty() && reference != nullptr && AttributeOf(reference, "URI") == "#" + id &&
         ChildrenOf(signature, kSignatureSpace, "Object").empty();
}

bool Verifies(xmlNode* signature, const std::string& certificate) {
  const Owned<xmlSecDSigCtx> context(xmlSecDSigCtxCreate(nullptr));
  if (context == nullptr || !AllowSignatureMethods(context.get()) || !AllowTransforms(context.get())) return false;
  context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
  context->signKey = xmlSecCryptoAppKeyLoadMemory(Bytes(certificate), static_cast<xmlSecSize>(certificate.size()),
                                                  xmlSecKeyDataFormatCertDer, nullptr, nullptr, nullptr);
  return context->signKey != nullptr && xmlSecDSigCtxVerify(context.get(), signature) == 0 &&
         context->status == xmlSecDSigStatusSucceeded;
}

bool DecryptsWith(xmlNode* encrypted_data, const crypto::Secret& pem) {
  const Owned<xmlSecKeysMngr> keys(xmlSecKeysMngrCreate());
  if (keys == nullptr || xmlSecCryptoAppDefaultKeysMngrInit(keys.get()) < 0) return false;
  Owned<xmlSecKey> key(xmlSecCryptoAppKeyLoadMemory(Bytes(pem.Reveal()), static_cast<xmlSecSize>(pem.size()),
                                                    xmlSecKeyDataFormatPem, nullptr, nullptr, nullptr));
  if (key == nullptr || xmlSecCryptoAppDefaultKeysMngrAdoptKey(keys.get(), key.get()) < 0) return false;
  static_cast<void>(key.release());
  const Owned<xmlSecEncCtx> context(xmlSecEncCtxCreate(keys.get()));
  if (context == nullptr) return false;
  // Only a key that is encrypted for ours: nothing is fetched, and none is taken from the document as it is.
  xmlSecKeyInfoCtx& lookup = context->keyInfoReadCtx;
  lookup.maxRetrievalMethodLevel = 0;
  const auto kind = const_cast<xmlSecPtr>(static_cast<const void*>(xmlSecKeyDataEncryptedKeyId));
  if (xmlSecPtrListAdd(&lookup.enabledKeyData, kind) < 0) return false;
  return xmlSecEncCtxDecrypt(context.get(), encrypted_data) == 0 && context->resultReplaced != 0;
}

}  // namespace

bool IsSignedBy(xmlNode* element, const std::vector<std::string>& certificates) {
  const crypto::CleanErrorQueue guard;
  xmlNode* signature = OnlyChild(element, kSignatureSpace, "Signature");
  const std::string id = AttributeOf(element, "ID");
  if (!IsReady() || signature == nullptr || !RefersTo(signature, id)) return false;
  // The only ID that the document has, as far as whoever resolves references is concerned.
  xmlAttr* attribute = xmlHasProp(element, reinterpret_cast<const xmlChar*>("ID"));
  if (xmlAddID(nullptr, element->doc, reinterpret_cast<const xmlChar*>(id.c_str()), attribute) == nullptr) return false;
  bool verified = false;
  for (const std::string& certificate : certificates) verified = verified || Verifies(signature, certificate);
  xmlRemoveID(element->doc, attribute);
  return verified;
}

bool Decrypt(xmlNode* encrypted_data, const std::vector<crypto::Secret>& private_keys) {
  const crypto::CleanErrorQueue guard;
  return IsReady() && std::ranges::any_of(private_keys,
                                          [&](const crypto::Secret& pem) { return DecryptsWith(encrypted_data, pem); });
}

}  // namespace claviger::federation
