// Assumes a role from the environment's credentials against $ENDPOINT, and a second one from the first, by the SDK's
// own provider; fails where an answer is not what AWS would give. Prints what it has learnt, and its secrets.

import assert from "node:assert/strict";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetFederationTokenCommand, PackedPolicyTooLargeException,
  STSClient } from "@aws-sdk/client-sts";

const { ENDPOINT: endpoint, FIRST, SECOND } = process.env;
const secrets = [];
const tokens = [];
const client = (credentials) => new STSClient({ endpoint, maxAttempts: 1, ...(credentials && { credentials }) });

function from({ Credentials: made }) {
  secrets.push(made.SecretAccessKey);
  tokens.push(made.SessionToken);
  assert.ok(made.Expiration instanceof Date && made.Expiration > new Date());
  return { accessKeyId: made.AccessKeyId, secretAccessKey: made.SecretAccessKey, sessionToken: made.SessionToken };
}

const own = client();
const first = await own.send(new AssumeRoleCommand({ RoleArn: FIRST, RoleSessionName: "one", DurationSeconds: 900 }));
const one = client(from(first));
const { Arn: firstArn } = await one.send(new GetCallerIdentityCommand({}));
assert.equal(firstArn, first.AssumedRoleUser.Arn);

// A provider like the SDK's own: asked again when its credentials run out.
let asked = 0;
const two = client(async () => {
  asked += 1;
  return from(await one.send(new AssumeRoleCommand({ RoleArn: SECOND, RoleSessionName: "two" })));
});
const { Arn: secondArn } = await two.send(new GetCallerIdentityCommand({}));
await two.send(new GetCallerIdentityCommand({}));

await assert.rejects(one.send(new GetFederationTokenCommand({ Name: "fred" })), {
  name: "AccessDenied", message: "Cannot call GetFederationToken with session credentials" });
const Policy = JSON.stringify({ Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:*", Resource: Array(200).fill("arn:aws:s3:::bucket") }] });
await assert.rejects(own.send(new AssumeRoleCommand({ RoleArn: FIRST, RoleSessionName: "one", Policy })),
  PackedPolicyTooLargeException);

console.log(JSON.stringify({ first: firstArn, second: secondArn, asked, secrets, tokens }));
