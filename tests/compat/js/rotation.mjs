// Rotates a user's access key against $ENDPOINT as the root user of the environment's credentials, and fails where an
// answer is not what AWS would give. Prints what it has learnt, and the secrets and tokens that it was handed.

import assert from "node:assert/strict";
import {
  CreateAccessKeyCommand, CreateUserCommand, DeleteAccessKeyCommand, GetAccessKeyLastUsedCommand, GetUserCommand,
  IAMClient, ListAccessKeysCommand, LimitExceededException, NoSuchEntityException, paginateListUsers,
  UpdateAccessKeyCommand, waitUntilUserExists,
} from "@aws-sdk/client-iam";
import { GetAccessKeyInfoCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";

const endpoint = process.env.ENDPOINT;
const secrets = [];
const tokens = [];

const iam = new IAMClient({ endpoint, maxAttempts: 1 });
const sts = new STSClient({ endpoint, maxAttempts: 1 });
const UserName = "bob";

function as(credentials) {
  return new STSClient({ endpoint, maxAttempts: 1, credentials });
}

async function newKey() {
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  assert.equal(key.Status, "Active");
  assert.ok(key.CreateDate instanceof Date && Math.abs(Date.now() - key.CreateDate) < 300_000);
  secrets.push(key.SecretAccessKey);
  return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
}

async function setStatus(key, Status) {
  await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId, Status }));
}

async function refuses(promise, name, status, message) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.name, name);
    assert.equal(error.$metadata.httpStatusCode, status);
    assert.equal(error.message, message);
    assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
    return true;
  });
}

const invalidToken = ["InvalidClientTokenId", 403, "The security token included in the request is invalid."];

// A user with two keys, and no third.
const { User: user } = await iam.send(new CreateUserCommand({ UserName, Path: "/staff/" }));
await waitUntilUserExists({ client: iam, maxWaitTime: 10 }, { UserName });
const old = await newKey();
const asOld = as(old);
assert.equal((await asOld.send(new GetCallerIdentityCommand({}))).Arn, user.Arn);
const fresh = await newKey();
await refuses(iam.send(new CreateAccessKeyCommand({ UserName })), LimitExceededException.name, 409,
  "Cannot exceed quota for AccessKeysPerUser: 2");

// Off, on, off: at once, for a client with an open connection.
await setStatus(old, "Inactive");
await refuses(asOld.send(new GetCallerIdentityCommand({})), ...invalidToken);
await setStatus(old, "Active");
assert.equal((await asOld.send(new GetCallerIdentityCommand({}))).Arn, user.Arn);
const used = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: old.accessKeyId }));
assert.equal(used.UserName, UserName);
assert.equal(used.AccessKeyLastUsed.ServiceName, "sts");
const { Account: account } = await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: old.accessKeyId }));
await setStatus(old, "Inactive");
await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: old.accessKeyId }));
await refuses(asOld.send(new GetCallerIdentityCommand({})), ...invalidToken);

// The new key goes on.
const { AccessKeyMetadata: keys } = await iam.send(new ListAccessKeysCommand({ UserName }));
assert.deepEqual(keys.map((key) => [key.AccessKeyId, key.Status]), [[fresh.accessKeyId, "Active"]]);
const { Credentials: made } = await as(fresh).send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
secrets.push(made.SecretAccessKey);
tokens.push(made.SessionToken);
const session = as({ accessKeyId: made.AccessKeyId, secretAccessKey: made.SecretAccessKey, sessionToken: made.SessionToken });
const { Arn: arn } = await session.send(new GetCallerIdentityCommand({}));

// Errors and pages.
await refuses(iam.send(new GetUserCommand({ UserName: "nobody" })), NoSuchEntityException.name, 404,
  "The user with name nobody cannot be found.");
for (let i = 0; i < 4; i++) await iam.send(new CreateUserCommand({ UserName: `user-${i}` }));
let users = 0;
for await (const page of paginateListUsers({ client: iam, pageSize: 2 }, {})) {
  assert.ok(page.Users.length <= 2);
  users += page.Users.length;
}

console.log(JSON.stringify({ arn, account, users, secrets, tokens }));
