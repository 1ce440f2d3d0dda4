import type { CallErrorKind } from '../../core/call-error.ts';

/** What codes of errors mean. */
export const ERROR_KINDS: Readonly<Record<CallErrorKind, string>> = {
  rate_limited: 'слишком много запросов',
  overloaded: 'сервер перегружен',
  server_error: 'ошибка сервера',
  network: 'нет связи, или она прервалась',
  timeout: 'нет полного ответа вовремя',
  invalid_response: 'пришёл не ответ модели',
  invalid_request: 'запрос отклонён',
  model_not_found: 'такой модели нет',
  unauthorized: 'доступ запрещён',
  insufficient_balance: 'кончились деньги или лимит трат',
  quota_exhausted: 'исчерпана квота',
  endpoint_not_found: 'по этому адресу нет такого API',
  exceeds_limit: 'запрос больше, чем допускает лимит',
  cancelled: 'отменено',
};
