import type { JSX } from 'preact';
import { type Block, type Inline, markdown } from '../data/markdown.ts';

/** A text as Markdown: elements made one by one, never from HTML. Addresses are shown, not linked. */
export function Markdown({ text }: { readonly text: string }): JSX.Element {
  return <div class="markdown">{blocks(markdown(text))}</div>;
}

// What is drawn never changes its order, so that a place is a key.
function blocks(list: readonly Block[]): JSX.Element[] {
  return list.map((block, place) => <BlockView key={place} block={block} />);
}

function BlockView({ block }: { readonly block: Block }): JSX.Element {
  switch (block.kind) {
    case 'heading':
      return <p class="heading">{inlines(block.parts)}</p>;
    case 'paragraph':
      return <p>{inlines(block.parts)}</p>;
    case 'code':
      return <pre>{block.text}</pre>;
    case 'quote':
      return <blockquote>{blocks(block.blocks)}</blockquote>;
    case 'rule':
      return <hr />;
    case 'list': {
      const items = block.items.map((item, place) => <li key={place}>{blocks(item)}</li>);
      return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table':
      return (
        <table>
          <tbody>
            {block.rows.map((row, place) => (
              <tr key={place}>
                {row.map((cell, column) => (
                  <td key={column}>{inlines(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      );
  }
}

function inlines(parts: readonly Inline[]): (JSX.Element | string)[] {
  return parts.map((part, place) => {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'code':
        return <code key={place}>{part.text}</code>;
      case 'strong':
        return <strong key={place}>{inlines(part.parts)}</strong>;
      case 'em':
        return <em key={place}>{inlines(part.parts)}</em>;
      case 'strike':
        return <s key={place}>{inlines(part.parts)}</s>;
      case 'link':
        return (
          <span key={place}>
            {inlines(part.parts)} <span class="quiet">({part.address})</span>
          </span>
        );
    }
  });
}
