/** Requests that a model says it does not fulfil; "I can't help but smile" and "I can't give up" do not count. */
const ACT = `(?:help(?! but\\b| it\\b| myself\\b| \\w+ing\\b)|give(?! up\\b)|do (?:that|this|so|what)(?! without| alone| any)|(?:tell|show) you how to|${[
  'assist',
  'provid',
  'fulfil',
  'comply',
  'complet',
  'answer',
  'support',
  'creat',
  'generat',
  'writ',
  'shar',
  'discuss',
  'engag',
  'participat',
  'offer',
  'produc',
  'continu',
  'respond',
  'process',
  'facilitat',
  'reveal',
  'disclos',
  'divulg',
  'supply',
  'accommodat',
  'carry out',
  'advise',
  'go into',
  'talk about',
  'speak about',
].join('|')})`;
/** Filler words without effect on the meaning. */
const ADVERBS = '(?:,? ?(?:\\w+ly|just|also|still|afraid|sorry|not going to be able to)\\b,?){0,2}';
const CANNOT = "(?:can't|cannot|can not|won't|will not)";
const UNABLE =
  '(?:unable|not able|not allowed|not permitted|not authori[sz]ed|not in a position|not programmed|not designed|not comfortable)';
const KEPT_FROM = '(?:prohibited|forbidden|barred|restricted|prevented) from';
const GIVEN =
  '(?:provided|given|shared|disclosed|revealed|answered|fulfil+ed|granted|completed|processed|honou?red|discussed|generated|produced|supplied|released|offered|accommodated|displayed)';
/** The rest of a sentence. */
const GAP = '[^.!?]{0,100}?';
const END = '(?=\\s*(?:[.!]|$))';

/** A word of regret. After it, in the same sentence, a weaker phrase counts as a refusal. */
const SORRY = '\\b(?:sorry|apologi[sz]e|apologies|regret)\\b';
const REGRET = `(?:${SORRY}|\\b(?:unfortunately|regrettably|afraid)\\b)`;
/** Things that people apologise for although they answer. */
const NO_REFUSAL =
  '(?! (?:find|locate|agree|remember|be|come|attend|join|make it|tell (?:from|which|what|whether))\\b)';

/** English refusals, in lower case. */
const ENGLISH: readonly string[] = [
  `\\bi${ADVERBS} (?:${CANNOT}|(?:must|have to|need to) decline to|(?:do not|don't) feel comfortable)${ADVERBS}(?: \\w+){0,2}? ${ACT}`,
  `\\bi(?:'m| am)${ADVERBS} ${UNABLE} to${ADVERBS} (?:be of )?${ACT}`,
  `\\bi(?:'m| am)${ADVERBS} ${KEPT_FROM} ${ACT}`,
  `\\bi(?:'m| am) [^.!?]{0,50}?\\b(?:and|so),? (?:i )?(?:${CANNOT}|am unable to|am not able to)${ADVERBS} ${ACT}`,
  `${SORRY}${GAP}\\bi${ADVERBS} (?:${CANNOT}|could not|couldn't)${NO_REFUSAL}`,
  `${SORRY}[,.]?(?: but)? (?:can't|cannot|won't|unable to)${NO_REFUSAL}`,
  `${SORRY}${GAP}\\bi(?:'m| am)${ADVERBS} ${UNABLE} to${NO_REFUSAL}`,
  `${REGRET}${GAP}\\bwe${ADVERBS} (?:${CANNOT}|could not|couldn't|do not|don't|are${ADVERBS} ${UNABLE} to)${ADVERBS} ${ACT}`,
  `${REGRET}${GAP}\\b(?:i|we)(?:'m| am|'re| are)${ADVERBS} ${KEPT_FROM} `,
  `${REGRET}${GAP}\\bnot (?:be )?(?:possible|permitted|allowed)(?: for (?:me|us))?(?: to ${ACT}|${END})`,
  `${REGRET}${GAP}\\b(?:that|this|it) (?:${CANNOT}|would not|wouldn't) be (?:possible|permitted|allowed)`,
  `${REGRET}${GAP}\\b(?:information|request|content|instructions?|question|details?|assistance|help|answer|response|material|text|advice|guidance|that|this|it)\\b[^.!?]{0,40} (?:${CANNOT}|could not|may not|must not) be${ADVERBS} ${GIVEN}`,
  `${SORRY}${GAP}\\b(?:(?:must|have to|need to) say no|(?:absolutely|definitely|certainly) not|no${END})`,
  `\\b(?:your|this) request (?:${CANNOT}|could not|may not) be ${GIVEN}`,
  "\\b(?:i|we)(?:'ll| will)? (?:must|have to|need to|respectfully) (?:respectfully |politely )?(?:decline|refuse)",
  `\\bi (?:decline|refuse) to${ADVERBS} ${ACT}`,
  `\\bi(?:'d| would) (?:rather|prefer) not(?: to)? ${ACT}`,
  "\\bnot something (?:that )?(?:i|we)(?:'m| am| are)? (?:can|could|will|able|willing|allowed|comfortable|feel comfortable)",
  `\\bas an ai(?: \\w+){0,3},? i (?:(?:${CANNOT}|am not able to|am unable to)(?! (?:feel|have|taste|see|experience)\\b)|(?:do not|don't) (?:have the ability to |engage|participat|provid|assist|offer|generat|creat|produc|discuss|support))`,
  "\\b(?:that|this|it|request)(?:'s| is| would be| goes)? (?:against|a violation of|in violation of|not in line with|violates?|contrary to) (?:(?:my|our) (?:\\w+ )?(?:guidelines|policy|policies|rules|programming)|the (?:content|usage|safety) (?:guidelines|policy|rules))\\b",
  '\\b(?:text|content|response|output|prompt|request|message|answer|reply)\\b[^.!?]{0,20} (?:has been|have been|was|were|is|got) (?:blocked|filtered|withheld|removed|flagged|rejected)[^.!?]{0,20}\\b(?:content|safety|moderation|policy|policies|filters?|guidelines)\\b',
];

const NO_LETTER = '(?![а-я])';
const START = '(?<![а-я])';
const ACT_RU = `(?:${[
  'помо[гч]',
  'предостав',
  'выполн',
  'ответ',
  'отвеч',
  'обсужд',
  'обсуди',
  'созда',
  'написа',
  'напиш',
  'поддерж',
  'рассказ',
  'участв',
  'сдела',
  'подели',
  'говорить',
  'генерир',
  'сгенерир',
  'продолж',
  'раскры',
  'сообщ',
  'назва',
  'подсказ',
  'советовать',
  'посовет',
  'рекомендовать',
  'консульт',
  'содейств',
  'комментир',
  'обработ',
  'удовлетвор',
  'да(?:ть|вать) (?:совет|инструкц|рекомендац|так|эт|подобн|ответ|вам)',
].join('|')})`;
const WORDS_RU = '(?:,? [а-я]+,?){0,3}?';
const CANNOT_RU = `не (?:могу|смогу|буду|стану|имею права|вправе|в состоянии|готова?|уполномочена?)${NO_LETTER}`;
const WE_CANNOT_RU = `не (?:можем|сможем|будем|станем|имеем права|вправе|в состоянии|готовы|уполномочены)${NO_LETTER}`;
const REGRET_RU = `${START}(?:к сожалению|извините|извини|простите|прости|прошу прощения|прошу извинить|приношу извинения|сожалею|мне (?:очень )?жаль|увы)${NO_LETTER}`;
const IMPOSSIBLE_RU =
  '(?:невозможно|не представляется возможным|недопустимо|не допускается|запрещено|не разрешено|не положено|нельзя|не получится|не удастся|не выйдет)';
const GIVEN_RU = '(?:предоставлен|выполнен|обработан|раскрыт|показан|опубликован|удовлетворен|дан|сообщен|оказан)';
const NO_REFUSAL_RU = '(?! (?:найти|прийти|приехать|согласиться|вспомнить|быть|сказать точно|не )(?![а-я]))';

/** Russian refusals, in lower case and with е for ё. */
const RUSSIAN: readonly string[] = [
  `${REGRET_RU}[,.!]?(?: но)?(?: к сожалению,)? (?:я )?(?:${CANNOT_RU}${NO_REFUSAL_RU}|вынужден)`,
  `${REGRET_RU}[,.!]?(?: но)? мы вынуждены отказ`,
  `${REGRET_RU}${GAP}${START}(?:${CANNOT_RU}|${WE_CANNOT_RU})${WORDS_RU} ${ACT_RU}`,
  `${REGRET_RU}${GAP}${START}(?:это|этого|такое|так|подобное|так делать|сделать это)?,? ?${START}${IMPOSSIBLE_RU}${END}`,
  `${REGRET_RU}${GAP}${START}${IMPOSSIBLE_RU}(?: мне| вам| нам)? ${ACT_RU}`,
  `${REGRET_RU}${GAP}${START}${ACT_RU}[^.!?]{0,40}? ${IMPOSSIBLE_RU}`,
  `${REGRET_RU}${GAP}${START}(?:информаци|сведени|данны|запрос|ответ|инструкци|просьб|помощь|содержани|материал|совет)[^.!?]{0,40}? не (?:может|могут) быть[^.!?]{0,20}? ${GIVEN_RU}`,
  `${REGRET_RU}${GAP}${START}(?:(?:вынужден|должен|должна|придется)[^.!?]{0,15} (?:отказ|сказать нет)|ни в коем случае|(?:точно|однозначно|категорически) нет|но нет${END})`,
  `${START}(?:ваш|этот|данный|такой) запрос не может быть ${GIVEN_RU}`,
  `${START}я(?:,? (?:к сожалению|увы|просто|никак|пока|действительно|все же|все-таки),?)? ${CANNOT_RU}${WORDS_RU} ${ACT_RU}`,
  `(?:^|[.!?…,] (?:но )?)${CANNOT_RU}(?: вам| тебе| с этим| в этом)* (?:помо[гч]|с этим помо|ответить на (?:этот|ваш|данный)|выполнить (?:этот|ваш|данный|эту|вашу)|обсуждать|предоставить)`,
  `${START}мне (?:[а-я]+ )?(?:запрещено|запрещают|не разрешено|не разрешают|не позволено|не позволяют|нельзя|не положено)(?: правилами)? ${ACT_RU}`,
  `${START}(?:вынужден(?:а|ы)?|должен|должна|придется)(?: [а-я]+)? отказать(?!ся)`,
  `${START}отказываюсь (?:отвечать|выполнять|обсуждать|помогать|писать|говорить|давать)`,
  `${START}как (?:искусственный интеллект|ии|языковая модель|ии-ассистент|нейросет[а-я]*)[^.!?]{0,40} не (?:могу|имею права|имею возможности|буду|умею|способ)`,
  `${START}(?:это|такой запрос|ваш запрос|данный запрос|запрос) (?:противоречит|нарушает) (?:моим|мои|нашим|наши|правил|политик|этическ)`,
  `${START}(?:текст|ответ|запрос|содержание|контент|сообщение)[^.!?]{0,30} (?:заблокирован|отклонен|скрыт|удален|отфильтрован)[а-я]*[^.!?]{0,30}(?:фильтр|модерац|политик|безопасност|правил)`,
  // What Russian models say instead of a refusal.
  `${START}не (?:хочу|хотел бы|хотела бы|люблю) (?:говорить на|говорить об|обсуждать эт|обсуждать так|менять тему)`,
  `${START}(?:поговорим|сменим тему|давайте (?:лучше )?(?:поговорим|обсудим|сменим))[^.!?]{0,15}${START}(?:на другую|о чем|что-нибудь друг|друг|тему)`,
  `${START}(?:разговоры?|беседы?) на [^.!?]{0,40}? (?:ограничен|запрещен)`,
];

/** Refusal phrases, for texts in lower case, with е for ё and straight apostrophes. */
export const REFUSAL = new RegExp([...ENGLISH, ...RUSSIAN].join('|'));
