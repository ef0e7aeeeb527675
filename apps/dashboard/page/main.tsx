import './style.css';
import { render } from 'preact';
import { App } from './app.tsx';

const root = document.getElementById('app');
if (!root) throw new Error('the page must have an element with the id "app"');
root.replaceChildren();
render(<App />, root);
