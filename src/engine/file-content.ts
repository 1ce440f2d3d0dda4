import { basename } from 'node:path';
import { type AttachedFile, attachedFile } from '../core/attached.ts';
import { CallError } from '../core/call-error.ts';
import { isJsonArray, type JsonValue } from '../core/json.ts';
import type { Message } from '../core/prompt.ts';
import type { CompletionRequest } from '../core/provider.ts';
import { readInspected } from '../io/inside-folder.ts';

/**
 * The same request with the content of its files, as OpenAI's API takes it: images as `image_url`, PDF files as `file`,
 * both in base64. It is read for each attempt and kept by none, so that memory does not grow with rows.
 * @throws CallError if a file is not the one that was looked at before the first call
 */
export async function withFileContent(request: CompletionRequest): Promise<CompletionRequest> {
  const messages: Message[] = [];
  for (const message of request.messages) {
    const { content } = message;
    messages.push(isJsonArray(content) ? { ...message, content: await sentParts(content) } : message);
  }
  return { ...request, messages, messagesJson: undefined };
}

async function sentParts(content: readonly JsonValue[]): Promise<readonly JsonValue[]> {
  const parts: JsonValue[] = [];
  for (const part of content) {
    const file = attachedFile(part);
    parts.push(file === undefined ? part : sentPart(file, await base64Of(file)));
  }
  return parts;
}

function sentPart({ kind, mediaType, name }: AttachedFile, base64: string): JsonValue {
  const url = `data:${mediaType};base64,${base64}`;
  switch (kind) {
    case 'image':
      return { type: 'image_url', image_url: { url } };
    case 'pdf':
      return { type: 'file', file: { filename: basename(name), file_data: url } };
  }
}

async function base64Of(file: AttachedFile): Promise<string> {
  const content = await readInspected(file.path, file).catch((cause: unknown) => {
    throw unsendable(file, 'cannot be read any more', cause);
  });
  if (content === null) throw unsendable(file, 'has changed since it was checked');
  return content.toString('base64');
}

function unsendable({ name }: AttachedFile, what: string, cause?: unknown): CallError {
  const details = { isUnsent: true, isAboutRow: true, hint: 'run the same command again', cause };
  return new CallError('invalid_request', `the file ${JSON.stringify(name)} ${what}`, details);
}
