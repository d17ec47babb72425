/* What edits a question? YASQE with what it is coloured and completed by; app/assets/query.js asks for it when needed. */
import Yasqe from "@zazuko/yasqe";
import "@zazuko/yasqe/build/yasqe.min.css";

window.servicemapEditor = Yasqe;
