import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Received } from './received';

/** What the service answers to one request, before its usual answer is used again. */
export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Take the mail, then cut the connection instead of answering. */
  readonly cut?: boolean;
}

export interface CommunicationService {
  readonly connectionString: string;
  readonly received: Received[];
  /** `POST /emails:send?…` and `GET /emails/operations/…`, in order. */
  readonly requests: string[];
  readonly authorizations: string[];
  /** Replies to use up for sends and for looks at a status. */
  readonly sendReplies: Reply[];
  readonly statusReplies: Reply[];
  stop(): Promise<void>;
}

interface Message {
  readonly senderAddress: string;
  readonly recipients: { readonly to: readonly { readonly address: string }[] };
  readonly content: { readonly subject: string; readonly plainText: string; readonly html: string };
  readonly attachments?: readonly {
    readonly name: string;
    readonly contentType: string;
    readonly contentInBase64: string;
  }[];
}

/** A local server that speaks the wire format of Azure Communication Services Email, 2025-09-01. */
export async function startCommunicationService(): Promise<CommunicationService> {
  const received: Received[] = [];
  const requests: string[] = [];
  const authorizations: string[] = [];
  const sendReplies: Reply[] = [];
  const statusReplies: Reply[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      authorizations.push(request.headers.authorization ?? '');
      const isSend = request.method === 'POST' && request.url?.startsWith('/emails:send?') === true;
      const id = isSend
        ? String(request.headers['operation-id'])
        : (/^\/emails\/operations\/([^?]+)/.exec(request.url ?? '')?.[1] ?? '');
      const usual: Reply = isSend
        ? {
            status: 202,
            headers: {
              'operation-location': `http://${request.headers.host ?? ''}/emails/operations/${id}?api-version=2025-09-01`,
              'retry-after': '30',
            },
            body: { id, status: 'Running', error: null },
          }
        : { status: 200, body: { id, status: 'Succeeded', error: null } };
      const reply = (isSend ? sendReplies : statusReplies).shift() ?? usual;
      if (isSend && (reply.status === 202 || reply.cut === true)) {
        received.push(asReceived(id, JSON.parse(body) as Message));
      }
      answer(response, { ...reply, headers: reply.headers ?? usual.headers ?? {} });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const accessKey = Buffer.from('a key of the test').toString('base64');
  return {
    connectionString: `endpoint=http://127.0.0.1:${port}/;accesskey=${accessKey}`,
    received,
    requests,
    authorizations,
    sendReplies,
    statusReplies,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply.cut === true) {
    response.destroy();
    return;
  }
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
  response.end(JSON.stringify(reply.body ?? {}));
}

function asReceived(identity: string, message: Message): Received {
  return {
    identity,
    from: message.senderAddress,
    to: message.recipients.to.map(({ address }) => address).join(','),
    subject: message.content.subject,
    text: message.content.plainText,
    html: message.content.html,
    attachments: (message.attachments ?? []).map(({ name, contentType, contentInBase64 }) => ({
      name,
      contentType,
      content: Buffer.from(contentInBase64, 'base64'),
    })),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
